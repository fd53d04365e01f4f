version := 262
source := systemd_262.orig.tar.gz
pool := systemd
sha256 := 6aa77506c0644aa67f940a48e3d3a7368601f787e4f249139516d353f107bcab
license := LGPL-2.1-or-later
style := meson
depends := musl linux-headers ucontext zstd acl libseccomp util-linux kmod openssl cryptsetup tpm2-tss libbpf
options := -Dlibc=musl -Dmode=release -Dsplit-bin=false -Dgshadow=false -Dutmp=false -Didn=false
options += -Dnss-myhostname=false -Dnss-systemd=false -Dnss-mymachines=disabled -Dnss-resolve=disabled
options += -Duserdb=false -Dhomed=disabled -Dnsresourced=false -Dmountfsd=false -Dlocalegen-path= -Dldconfig=false
options += -Dcompat-sysv-interfaces=false -Dcompat-mutable-uid-boundaries=false -Dportabled=false -Dlocaled=false
options += -Dvconsole=false -Dbacklight=false -Drfkill=false -Dxdg-autostart=false -Dhibernate=false
options += -Dquotacheck=false -Denvironment-d=false -Dsysinstall=false -Dstoragetm=false -Dsmack=false -Dima=false
options += -Dipe=false -Dkernel-install=false -Dbinfmt=false -Dsysupdated=disabled -Dsysupdate=disabled
options += -Dimds=disabled -Dvmspawn=disabled -Dremote=disabled -Dbootloader=disabled -Dukify=disabled
options += -Dman=disabled -Dhtml=disabled -Dtranslations=false -Dtests=false -Dfuzz-tests=false
options += -Dinstall-tests=false -Durlify=false -Dhostname-wordlist=false -Dlog-message-verification=disabled
options += -Dnetworkd=true -Dresolve=true -Dtimesyncd=true -Dtimedated=true -Dhostnamed=true -Dlogind=true
options += -Dmachined=false -Drepart=enabled -Dsysext=true -Dsysusers=true -Dtmpfiles=true -Doomd=true
options += -Dcoredump=true -Dpstore=true -Drandomseed=true -Dfirstboot=true -Dhwdb=false -Dnspawn=enabled
options += -Dimportd=disabled -Danalyze=true -Dinitrd=false -Defi=true -Dtpm=true -Dlibmount=enabled -Dblkid=enabled
options += -Dfdisk=enabled -Dkmod=enabled -Dseccomp=enabled -Dlibcryptsetup=enabled -Dlibcryptsetup-plugins=disabled
options += -Dopenssl=enabled -Dtpm2=enabled -Dlibcurl=disabled -Dlibarchive=disabled -Dzlib=disabled -Dxz=disabled
options += -Dzstd=enabled -Dacl=enabled -Dlibcrypt=enabled -Delfutils=disabled -Dbpf-framework=enabled
options += -Dbpf-compiler=clang -Dvmlinux-h=disabled -Dpcre2=disabled -Ddns-over-tls=openssl -Ddefault-dnssec=no
options += -Ddefault-compression=zstd -Ddefault-user-shell=/bin/sh -Ddebug-shell=/bin/sh -Dnobody-user=nobody
options += -Dnobody-group=nobody -Dfallback-default-target=multi-user.target -Dnologin-path=/usr/bin/nologin
options += -Dkmod-path=/usr/bin/kmod -Dmount-path=/usr/bin/mount -Dumount-path=/usr/bin/umount
options += -Dswapon-path=/usr/bin/swapon -Dswapoff-path=/usr/bin/swapoff -Dagetty-path=/usr/bin/agetty
options += -Dsulogin-path=/usr/bin/sulogin -Dquotaon-path=/usr/bin/true -Dquotacheck-path=/usr/bin/true
options += -Dtime-epoch=$(EPOCH) -Dinstall-sysconfdir=no-samples -Dcreate-log-dirs=false
options += -Dstatus-unit-format-default=name -Dfirst-boot-full-preset=true -Ddefault-keymap=us -Drpmmacrosdir=no
options += -Dpamconfdir=no -Dbashcompletiondir=no -Dzshcompletiondir=no -Dsshconfdir=no -Dsshdconfdir=no
options += -Dxinitrcdir=no -Dshellprofiledir=no
prune := usr/bin/bootctl usr/lib/systemd/catalog
# udev reads every rule and asks it of every device: those for desktops, flash chips and file systems that are not here.
prune += usr/lib/udev/rules.d/60-autosuspend.rules usr/lib/udev/rules.d/60-drm.rules
prune += usr/lib/udev/rules.d/60-evdev.rules usr/lib/udev/rules.d/60-fido-id.rules
prune += usr/lib/udev/rules.d/60-gpiochip.rules usr/lib/udev/rules.d/60-persistent-alsa.rules
prune += usr/lib/udev/rules.d/60-persistent-hidraw.rules usr/lib/udev/rules.d/60-persistent-input.rules
prune += usr/lib/udev/rules.d/60-persistent-media-controller.rules
prune += usr/lib/udev/rules.d/60-persistent-storage-mtd.rules usr/lib/udev/rules.d/60-persistent-v4l.rules
prune += usr/lib/udev/rules.d/60-sensor.rules usr/lib/udev/rules.d/64-btrfs.rules
prune += usr/lib/udev/rules.d/65-integration.rules usr/lib/udev/rules.d/70-camera.rules
prune += usr/lib/udev/rules.d/70-joystick.rules usr/lib/udev/rules.d/70-mouse.rules
prune += usr/lib/udev/rules.d/70-touchpad.rules usr/lib/udev/rules.d/70-uaccess.rules
prune += usr/lib/udev/rules.d/71-seat.rules usr/lib/udev/rules.d/73-seat-late.rules
prune += usr/lib/udev/rules.d/75-probe_mtd.rules usr/lib/udev/rules.d/78-sound-card.rules
prune += usr/lib/udev/rules.d/90-iocost.rules
