version := 4.1.3
source := tpm2-tss_4.1.3.orig.tar.gz
pool := tpm2-tss
sha256 := 8a389bda64690910e7af7deaf64703a3faed416dc538c9c3e4f893f24893524d
license := BSD-2-Clause
style := autoconf
depends := musl linux-headers openssl
options := --enable-esys --disable-fapi --disable-policy --with-crypto=ossl --disable-tcti-mssim
options += --disable-tcti-swtpm --disable-tcti-cmd --disable-tcti-pcap --disable-tcti-libtpms
options += --disable-tcti-spi-helper --disable-tcti-spi-ltt2go --disable-tcti-spi-ftdi --disable-tcti-i2c-helper
options += --disable-tcti-i2c-ftdi --disable-doxygen-doc --disable-unit --disable-integration
options += --with-udevrulesdir=/usr/lib/udev/rules.d --with-sysusersdir=/usr/lib/sysusers.d
options += --with-tmpfilesdir=/usr/lib/tmpfiles.d
prune := var usr/lib/tmpfiles.d etc
