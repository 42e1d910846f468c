"""Measuring the line: STAMP packets (RFC 8762), ndt7 throughput, traffic of the PC, and the budget for all that.

stamp_codec, stamp_stats, ws_frames, plan and memory are pure; what opens sockets runs in the child process (child.py);
meter.py and agent/measuring.py are what the resident process holds.
"""
