# The server's programs and ssh-keygen; no client on the target.
configure() {
	# shellcheck disable=SC2086 # a list of words
	./configure --host="$TRIPLE" --prefix=/usr --sbindir=/usr/bin --libexecdir=/usr/lib/ssh --sysconfdir=/etc/ssh \
		--with-privsep-path=/run/sshd --with-pid-dir=/run ${options:-}
}
compile() { make -j"$JOBS" sshd sshd-session sshd-auth ssh-keygen sftp-server; }
install() {
	for f in sshd ssh-keygen; do command install -D -m 755 $f "$DESTDIR"/usr/bin/$f; done
	for f in sshd-session sshd-auth sftp-server; do command install -D -m 755 $f "$DESTDIR"/usr/lib/ssh/$f; done
}
