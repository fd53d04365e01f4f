# Mozilla's roots that are trusted for servers, as one file, in Mozilla's order. certdata.txt holds objects: a certificate's
# label and DER bytes (octal), and a trust object of the same label with the purposes. The archive's own converter wants a
# Python library for what two tools of the SDK do.
trusted_certificates() { # one certificate a line, as octal escapes
	awk '
	/^CKA_CLASS/ { class = $3 }
	/^CKA_LABEL/ { label = substr($0, index($0, "\"")) }
	/^END/ { inside = 0 }
	inside { der[label] = der[label] $0 }
	/^CKA_VALUE MULTILINE_OCTAL/ && class == "CKO_CERTIFICATE" { order[++n] = label; der[label] = ""; inside = 1 }
	/^CKA_TRUST_SERVER_AUTH.*CKT_NSS_TRUSTED_DELEGATOR/ { trusted[label] = 1 }
	END { for (i = 1; i <= n; i++) if (order[i] in trusted) print der[order[i]] }' mozilla/certdata.txt
}
compile() {
	trusted_certificates | while read -r der; do
		# shellcheck disable=SC2059 # the escapes are meant to be interpreted
		printf "$der" | openssl x509 -inform DER -outform PEM
	done >ca-certificates.crt
	[ "$(grep -c BEGIN ca-certificates.crt)" -gt 100 ] # fewer means that the format has changed
}
install() { command install -D -m 644 ca-certificates.crt "$DESTDIR"/etc/ssl/certs/ca-certificates.crt; }
