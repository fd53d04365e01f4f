version := 37
source := dbus-broker_37.orig.tar.xz
pool := dbus-broker
sha256 := f819a8db8795fa08c767612e3823fd594694a0990f2543ecf35d6a1a6bf2ab5b
license := Apache-2.0
style := meson
depends := musl linux-headers systemd expat
options := -Dlauncher=true -Daudit=false -Dselinux=false -Dapparmor=false -Ddocs=false -Dsystem-console-users=
