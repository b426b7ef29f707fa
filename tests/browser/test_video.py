"""A run's video in the browser's player."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.once


SEEK = """async video => {
    video.muted = true;
    await video.play();
    video.pause();
    const seeked = new Promise(resolve => video.addEventListener("seeked", resolve, {once: true}));
    video.currentTime = 1;
    await seeked;
    return [video.currentTime, video.videoWidth > 0];
}"""


@pytest.fixture
def player(playground: Page, service: SandboxProcess) -> Locator:
    service.fault("status", "videos")
    playground.get_by_label("Prompt").fill("a film of a lighthouse")
    playground.get_by_role("button", name="Generate").click()
    player = playground.get_by_label("Video 1 of 1")
    expect(player).to_be_visible()
    return player


def test_a_video_plays_and_can_be_seeked(player: Locator) -> None:
    assert player.evaluate(SEEK) == [1, True]


@pytest.mark.slow
def test_a_video_opened_in_its_own_tab_plays_under_its_strict_csp(
    player: Locator, playground: Page
) -> None:
    complaints: list[str] = []
    playground.on("console", lambda message: complaints.append(message.text))
    answer = playground.goto(player.evaluate("video => video.src"))
    assert answer
    assert answer.headers["content-security-policy"] == "default-src 'none'; media-src 'self'"
    assert playground.locator("video").evaluate(SEEK) == [1, True]
    assert complaints == []
