// Synchronises videos and sounds: playing, pausing, seeking or changing the speed of one affects all. Only the
// first is not muted.

const players = [...document.querySelectorAll("#compared :is(video, audio)")];
const DRIFT = 0.25; // the largest difference in seconds between two players

const others = (player) => players.filter((each) => each !== player);
const follow = (player, away) => {
  for (const other of others(player))
    if (Math.abs(other.currentTime - player.currentTime) > away)
      other.currentTime = Math.min(player.currentTime, other.duration || 0);
};

export function togglePlaying() {
  const isPaused = players.every((player) => player.paused);
  if (isPaused) players[0]?.play().catch(() => {});
  else for (const player of players) player.pause();
}

for (const [index, player] of players.entries()) {
  player.muted = index > 0;
  player.addEventListener("play", () => {
    for (const other of others(player)) if (other.paused) other.play().catch(() => {});
  });
  player.addEventListener("pause", () => {
    if (player.ended || player.seeking) return;
    for (const other of others(player)) other.pause();
  });
  player.addEventListener("seeked", () => follow(player, DRIFT));
  player.addEventListener("ratechange", () => {
    for (const other of others(player)) other.playbackRate = player.playbackRate;
  });
}
players[0]?.addEventListener("timeupdate", () => follow(players[0], DRIFT));
