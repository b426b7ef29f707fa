"""Takes the screenshots of the README, light and dark: make screenshot"""

from demo import ROOT, fill, run_demo, settle


def main() -> None:
    with run_demo() as (program, browser):
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(program.url)
        fill(page)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.reload()
            settle(page)
            page.evaluate("scrollTo(0, 0); document.querySelector('#form').scrollTop = 0")
            page.screenshot(path=ROOT / "docs" / f"screenshot-{scheme}.png")


if __name__ == "__main__":
    main()
