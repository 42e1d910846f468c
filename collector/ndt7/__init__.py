"""The ndt7-compatible throughput server: own process, own port, enrolled agents only, one test at a time per site."""
