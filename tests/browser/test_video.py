"""A video that a run gave, in the browser's own player."""

from playwright.sync_api import Page, expect

from tests.sandbox_process import SandboxProcess

SEEK = """async video => {
    video.muted = true;
    await video.play();
    video.pause();
    const seeked = new Promise(resolve => video.addEventListener("seeked", resolve, {once: true}));
    video.currentTime = 1;
    await seeked;
    return [video.currentTime, video.videoWidth > 0];
}"""


def test_a_video_plays_and_can_be_wound_forward(playground: Page, service: SandboxProcess) -> None:
    service.fault("status", "videos")
    playground.get_by_label("Prompt").fill("a film of a lighthouse")
    playground.get_by_role("button", name="Generate").click()
    player = playground.get_by_label("Video 1 of 1")
    expect(player).to_be_visible()
    assert player.evaluate(SEEK) == [1, True]
