"""Takes the pictures of README and docs from the running product.

make screenshots          starts an own sample province in a temporary folder, looks at it with Chromium, stops it
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
PORT = 8093
BASE = f"http://127.0.0.1:{PORT}"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
]
PAGES = {
    "tong-quan": "/",
    "thu-tuan": "/thu-tuan",
    "ma-ghi-danh": "/quan-tri/ma-ghi-danh",
    "chinh-sach": "/quan-tri/chinh-sach",
    "thiet-bi": "/thiet-bi",
    "nhat-ky-quet": "/quan-tri/nhat-ky-quet",
    "mat-ket-noi": "/mat-ket-noi",
    "bang-ke": "/mat-ket-noi/bang-ke?nha-mang=VNPT",
    "su-co-khu-vuc": "/su-co-khu-vuc",
    "thien-tai": "/thien-tai",
    "chat-luong": "/chat-luong",
    "hop-truc-tuyen": "/hop-truc-tuyen",
    "dich-vu": "/dich-vu",
}
SITE = "Trụ sở UBND xã Canh Liên"
"""An office of the sample with a proven outage, and part of the area event that goes on."""


def main() -> int:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        print("Chromium is not here; install it with: apt-get install chromium")
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        service, password = start(Path(folder))
        try:
            with sync_playwright() as runner:
                browser = runner.chromium.launch(executable_path=chromium, args=ARGUMENTS)
                page = browser.new_page(viewport={"width": 1366, "height": 768})
                sign_in(page, password)
                take_all(page)
                browser.close()
        finally:
            service.send_signal(signal.SIGINT)
            service.wait(30)
    return 0


def start(folder: Path) -> tuple[subprocess.Popen[str], str]:
    """Starts `gapwatch demo` and reads the password that it prints."""
    environ = os.environ | {
        "GAPWATCH_VAR_DIR": str(folder),
        "GAPWATCH_DATABASE_URL": f"sqlite:///{folder}/gapwatch.db",
        "GAPWATCH_LISTEN_PORT": str(PORT),
    }
    service = subprocess.Popen(
        [sys.executable, "-m", "collector.cli", "demo"], cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True
    )
    assert service.stdout is not None
    for line in service.stdout:
        found = re.search(r"Mật khẩu\s+(\S+)", line)
        if found:
            time.sleep(20)  # the agent reports, the first conclusions are drawn
            return service, found[1]
    raise SystemExit("the demo ended before it printed its password")


def sign_in(page: Page, password: str) -> None:
    page.goto(BASE + "/dang-nhap")
    page.fill("input[name=login]", "quantri")
    page.fill("input[name=password]", password)
    page.click("button.button")
    page.wait_for_url(BASE + "/")


def take_all(page: Page) -> None:
    for name, path in PAGES.items():
        page.goto(BASE + path)
        page.screenshot(path=PICTURES / f"{name}.png")
    follow(page, "/may-tinh", "a[href^='/may-tinh/']", "mot-may")
    follow(page, f"/dia-diem?tim={SITE}", f"td a:text-is('{SITE}'), th a:text-is('{SITE}')", "mot-dia-diem")
    follow(page, "/su-co-khu-vuc", "td a[href^='/su-co-khu-vuc/']", "mot-su-co")


def follow(page: Page, path: str, selector: str, name: str) -> None:
    """The page behind the first link of a list."""
    page.goto(BASE + path)
    target = page.locator(selector).first.get_attribute("href")
    page.goto(f"{BASE}{target}")
    page.screenshot(path=PICTURES / f"{name}.png")


if __name__ == "__main__":
    sys.exit(main())
