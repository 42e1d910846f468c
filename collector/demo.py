"""`make run`: sample province, login, the service, and a real agent enrolled on this very machine."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import FrameType

import uvicorn
from sqlmodel import Session, select

from collector.app import create_app, utc_now
from collector.commands import migrate
from collector.demo_line import LineServers
from collector.jobs.schedule import Job, Schedule
from collector.opening import CommandError, say
from collector.register import new_password
from collector.server import check_address, make_server, set_up_logging
from collector.settings import Settings
from collector.web.auth import hash_password
from inventory.domain.unit import search_key
from inventory.sample import load_sample, refresh_sample
from inventory.store import accounts
from inventory.store.engine import Store
from inventory.store.policy import set_policy
from inventory.store.tables import Site
from inventory.store.tokens import create_token

SITE_NAME = "Máy chạy thử (máy này)"
LOGIN = "quantri"
# Quick enough to watch: a lost agent shows within a minute or two instead of the usual quarter of an hour.
SITE_POLICY = {
    "heartbeat_s": 20,  # longer than the pause between batches of a backlog, which would otherwise never get its turn
    "network_s": 60,
    "inventory_s": 600,
    "machine.silent_minutes": 1,
    "hours.default": [["daily", "00:00-24:00"]],
}
_ALREADY_RUNNING = 5  # exit code of gapwatch-agent
_REFUSED_WITHIN_S = 1.5


def run_demo(settings: Settings) -> None:
    """Runs until Ctrl-C; a second start keeps the data."""
    set_up_logging(30)
    check_address(settings)  # before anything is touched: another `make run` may be using this folder
    store = migrate(settings)
    load_sample(store, utc_now(), province_id=settings.province_id)
    refresh_sample(store, utc_now())
    password = _login(store, Path(settings.var_dir))
    site_id = _own_site(store, settings)
    app = create_app(settings, store)
    server = make_server(settings, app, log_level="warning")
    agent = _Agent(store, settings, site_id)
    lines = LineServers(settings)
    lines.start(store, site_id, utc_now())
    refresh = Schedule([Job("sample", 300, lambda: refresh_sample(store, utc_now()))], utc_now)
    runner = _Runner(server, agent, lambda: _banner(settings, password, agent, lines.shown()))
    refresh.start()
    try:
        runner.run()
    finally:
        refresh.stop()
        agent.stop()
        lines.stop()
        store.close()


class _Agent:
    """The agent's process, started once the service answers."""

    def __init__(self, store: Store, settings: Settings, site_id: int) -> None:
        self._store = store
        self._settings = settings
        self._site_id = site_id
        self.folder = Path(settings.var_dir).resolve() / "agent"
        self.config = self.folder / "gapwatch-agent.ini"
        self.running_already = False
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self.folder / "identity.json").exists():
            self._enrol()
        else:
            self._point_here()
        with open(self.folder / "output.log", "ab") as log:
            # a session of its own: Ctrl-C reaches the service first, which then lets the agent say goodbye
            self._process = subprocess.Popen(
                [*self._command("run"), "--config", str(self.config)], stdout=log, stderr=log, start_new_session=True
            )
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.running_already = self._process.wait(_REFUSED_WITHIN_S) == _ALREADY_RUNNING

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def _enrol(self) -> None:
        now = utc_now()
        with self._store.session() as session:
            token = create_token(session, self._site_id, 1, now + timedelta(hours=1), "demo", now)
        result = subprocess.run(
            [
                *self._command("enrol"),
                "--config",
                str(self.config),
                "--state-dir",
                str(self.folder),
                "--server",
                self._settings.base_url,
                "--token",
                token,
            ],
            capture_output=True,
            text=True,
        )
        if result.returncode:
            raise CommandError(f"tác tử không ghi danh được: {result.stdout.strip()} {result.stderr.strip()}")

    def _point_here(self) -> None:
        """This start may listen on another port than the one that the agent was enrolled at."""
        try:
            text = self.config.read_text(encoding="utf-8")
        except OSError as error:
            raise CommandError(
                f"không đọc được {self.config} ({error.strerror}); xóa thư mục {self.folder} để ghi danh lại"
            ) from None
        changed = re.sub(r"(?m)^server *=.*$", lambda _: f"server = {self._settings.base_url}", text, count=1)
        if changed != text:
            self.config.write_text(changed, encoding="utf-8")

    def _command(self, name: str) -> list[str]:
        return [sys.executable, "-m", "agent", name]


class _Runner:
    """Starts the agent when the server is up; on Ctrl-C ends the agent first, so that its goodbye arrives."""

    def __init__(self, server: uvicorn.Server, agent: _Agent, when_ready: Callable[[], None]) -> None:
        self._server = server
        self._agent = agent
        self._when_ready = when_ready
        self._stopping = False
        self._failure: CommandError | None = None

    def run(self) -> None:
        self._server.handle_exit = self._handle_exit  # type: ignore[method-assign]
        threading.Thread(target=self._start_agent, daemon=True).start()
        self._server.run()
        if self._failure:
            raise self._failure

    def _start_agent(self) -> None:
        while not self._server.started and not self._server.should_exit:
            time.sleep(0.05)
        if self._server.should_exit:
            return
        try:
            self._agent.start()
        except CommandError as error:
            self._failure = error
            self._server.should_exit = True
            return
        self._when_ready()

    def _handle_exit(self, _signal: int, _frame: FrameType | None) -> None:
        if self._stopping:  # a second Ctrl-C: at once
            self._server.force_exit = True
            self._server.should_exit = True
            return
        self._stopping = True
        threading.Thread(target=self._stop, daemon=True).start()

    def _stop(self) -> None:
        say("\nĐang dừng ...")
        self._agent.stop()
        self._server.should_exit = True


def _login(store: Store, folder: Path) -> str:
    """The administrator's password: made at the first start, kept for the next ones in a file of the owner only."""
    folder.mkdir(parents=True, exist_ok=True)  # the database may lie elsewhere
    path = folder / "demo-login.txt"
    with store.session() as session:
        known = accounts.find_account(session, LOGIN)
        if known is not None:
            return path.read_text(encoding="utf-8").strip() if path.exists() else "(như đã đặt)"
        password = new_password()
        accounts.create_account(
            session, LOGIN, hash_password(password), utc_now(), name="Quản trị chạy thử", role="admin"
        )
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(password + "\n")
    return password


def _own_site(store: Store, settings: Settings) -> int:
    with store.session() as session:
        site = session.exec(select(Site).where(Site.name == SITE_NAME)).first() or _new_site(session, settings)
        assert site.id is not None
        return site.id


def _new_site(session: Session, settings: Settings) -> Site:
    now = utc_now()
    site = Site(
        unit_id=settings.province_id,
        name=SITE_NAME,
        name_key=search_key(SITE_NAME),
        role="khac",
        hours=[["daily", "00:00-24:00"]],
        created_at=now,
    )
    session.add(site)
    session.flush()
    set_policy(session, "site", str(site.id), SITE_POLICY, "demo", "Nhịp nhanh để xem thử", now)
    return site


def _banner(settings: Settings, password: str, agent: _Agent, lines: str) -> None:
    mails = f"máy chủ thư {settings.smtp_host}" if settings.smtp_host else f"thư mục {settings.mail_folder.resolve()}"
    config, prefix = shlex.quote(_short(agent.config)), _environment()
    process = (
        "đã chạy sẵn từ trước (không do lệnh này khởi động)" if agent.running_already else f"tiến trình {agent.pid}"
    )
    say(
        f"""
  Gapwatch đang chạy (dữ liệu mẫu, cùng một tác tử thật trên máy này)

    Địa chỉ     {settings.base_url}
    Đăng nhập   {LOGIN}
    Mật khẩu    {password}
    Thư tuần    gửi vào {mails}
                gửi ngay: {prefix}.venv/bin/gapwatch weekly --now
    Tác tử      {process}; xem gì được gửi: .venv/bin/gapwatch-agent show --config {config}
                chạy lại nếu đã tắt: .venv/bin/gapwatch-agent run --config {config}
    Đường truyền  đo với cổng {lines}; xem kết quả: .venv/bin/gapwatch-agent line --config {config}

  Nhấn Ctrl-C để dừng. Dữ liệu được giữ trong {settings.var_dir}/ cho lần sau.
"""
    )


def _environment() -> str:
    """The variables of this start that another command needs too: mails carry links, and mails and data have a place."""
    names = (
        "GAPWATCH_SETTINGS",
        "GAPWATCH_VAR_DIR",
        "GAPWATCH_LISTEN_HOST",
        "GAPWATCH_LISTEN_PORT",
        "GAPWATCH_BASE_URL",
        "GAPWATCH_MAIL_DIR",
    )
    return "".join(f"{name}={shlex.quote(os.environ[name])} " for name in names if name in os.environ)


def _short(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
