version := 8.22.0
source := curl_8.22.0.orig.tar.gz
pool := curl
sha256 := d54dd598bf05927a726deb38df31c6a255ba83ff1de57c5d1464dac3ed8f44a1
license := curl
style := autoconf
depends := musl linux-headers openssl zlib
# The library, for http, https and tftp; of compression what --compressed asks for is enough.
options := --with-openssl --with-zlib --without-zstd --without-brotli --without-libpsl --without-libidn2 --without-nghttp2
options += --without-libssh2 --without-libgsasl --disable-ldap --disable-ldaps --disable-rtsp --disable-dict --disable-telnet
options += --disable-pop3 --disable-imap --disable-smb --disable-smtp --disable-gopher --disable-mqtt --disable-ftp
options += --disable-file --disable-manual --disable-docs --disable-ntlm --disable-netrc --disable-websockets
options += --disable-libcurl-option --disable-unix-sockets --disable-ipfs --enable-tftp
options += --with-ca-bundle=/etc/ssl/certs/ca-certificates.crt --without-ca-path
prune := usr/bin/curl usr/bin/curl-config usr/bin/wcurl
