version := 20250419
source := ca-certificates_20250419.tar.xz
pool := ca-certificates
sha256 := 33b44ef78653ecd3f0f2f13e5bba6be466be2e7da72182f737912b81798ba5d2
license := MPL-2.0
