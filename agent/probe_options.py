"""The options of `gapwatch-agent probe`."""

from __future__ import annotations

import argparse


def add(probe: argparse.ArgumentParser) -> None:
    probe.add_argument(
        "probe", nargs="?", metavar="TÊN", help="tên phép đo; snmp: hỏi một thiết bị mạng; stamp, ndt7: đo đường truyền"
    )
    probe.add_argument("--json", action="store_true", help="in đúng một đối tượng JSON")
    snmp = probe.add_argument_group("chỉ cho snmp")
    probe.add_argument(
        "--target", metavar="MÁY:CỔNG", help="thiết bị, ví dụ 192.168.1.1 hoặc [fe80::1]:161; máy chủ đo khác của tỉnh"
    )
    snmp.add_argument("--community", metavar="CHUỖI", help="chuỗi cộng đồng SNMP v2c hoặc v1")
    snmp.add_argument("--v3-user", metavar="TÊN", help="người dùng SNMP v3")
    snmp.add_argument("--v3-auth", metavar="KIỂU", help="xác thực: SHA, SHA224, SHA256, SHA384, SHA512, MD5")
    snmp.add_argument("--v3-auth-key", metavar="KHÓA")
    snmp.add_argument("--v3-priv", metavar="KIỂU", help="mã hóa: AES, AES192, AES256, AES192C, AES256C, DES")
    snmp.add_argument("--v3-priv-key", metavar="KHÓA")
    snmp.add_argument("--timeout", metavar="GIÂY", help="chờ mỗi câu trả lời, mặc định 2")
    snmp.add_argument("--details", action="store_true", help="thêm cổng mạng, mực in, ắc quy, bộ đếm")
    line = probe.add_argument_group("chỉ cho stamp (gói thử) và ndt7 (tốc độ)")
    line.add_argument("--packets", metavar="SỐ", help="stamp: số gói, mặc định 60")
    line.add_argument("--interval", metavar="MS", help="stamp: cách nhau, mặc định 200")
    line.add_argument("--size", metavar="BYTE", help="stamp: cỡ gói, 44 hoặc 48 đến 1472")
    line.add_argument("--direction", metavar="CHIỀU", help="ndt7: down, up hoặc both (mặc định)")
    line.add_argument("--max-mb", metavar="MB", help="ndt7: dừng khi đã dùng chừng ấy; 0: không giới hạn")
    line.add_argument("--force", action="store_true", help="ndt7: đo cả khi có người đang dùng mạng")
    line.add_argument("--own", action="store_true", help="--target là máy chủ của tỉnh: ký bằng khóa của máy này")
