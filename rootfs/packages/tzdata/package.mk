version := 2026c
source := tzdata_2026c.orig.tar.gz
pool := tzdata
sha256 := e4a178a4477f3d0ea77cc31828ff72aa38feff8d61aa13e7e99e142e9d902be4
license := public-domain
