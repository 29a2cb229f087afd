"""Unpacks ZIPs with Python's zipfile, which knows neither links nor modes: they are
made from the attributes, as programs do that are built on it. Arguments: the folder
of the ZIPs, and where each is unpacked to. Prints a line for each that fails."""
import os
import stat
import sys
import zipfile

zips, to = sys.argv[1:]
for name in sorted(os.listdir(zips)):
    if not name.endswith(".zip"):
        continue
    out = os.path.join(to, name)
    os.makedirs(out)
    try:
        with zipfile.ZipFile(os.path.join(zips, name)) as z:
            for info in z.infolist():
                mode = info.external_attr >> 16
                if stat.S_ISLNK(mode):
                    place = os.path.join(out, info.filename)
                    os.makedirs(os.path.dirname(place), exist_ok=True)
                    os.symlink(z.read(info), place.encode())
                else:
                    os.chmod(z.extract(info, out), stat.S_IMODE(mode))
    except Exception as e:  # whatever it is, the test shows it
        print(f"{name}: {type(e).__name__}: {e}")
