# The payload is signed here, or (SIGNED=DIR) was elsewhere: then it has to be this payload, byte for byte, beside its signatures.
adopt() {
	cd /build/signed
	find . -type f | while read -r f; do
		case ${f##*/} in
		*.EFI | *.efi | vmlinuz)
			osslsigncode extract-signature -in "/signed/$f" -out /build/signature
			osslsigncode attach-signature -CAfile /keys/db.crt -sigin /build/signature -in "$f" -out "$f.new"
			mv "$f.new" "$f"
			;;
		esac
		cmp "$f" "/signed/$f" || { echo "SIGNED: $f is not of this payload; remedy: sign out/$ARCH/payload again"; exit 1; }
	done
	(cd /signed && find . -name '*.sig' -exec cp --parents {} /build/signed/ \;)
}
compile() {
	cp -r /sr/payload /build/signed
	export SOURCE_DATE_EPOCH=$EPOCH
	if [ -n "${SIGNED:-}" ]; then adopt; else "$TREE/image/sign" payload /build/signed /keys; fi
	"$TREE/image/sign" check /build/signed /keys
}
install() {
	mkdir -p "$DESTDIR"
	cp -r /build/signed "$DESTDIR"/
}
finish() { :; }
