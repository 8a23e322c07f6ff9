# SPDX-License-Identifier: GPL-2.0
# The picture of the guarantee benchmark: gnuplot -e "kernel='6.12'; plain='FILE'; bulkhead='FILE'"
# with a line in the files for the start and one for the end of each window: the time, and what
# each of the three groups got in it.
set terminal svg size 900,520 font "sans-serif,14" background "white"
set encoding utf8
set multiplot layout 2,1 margins 0.07,0.98,0.1,0.94 spacing 0,0.14
set xrange [0:16]
set yrange [0:2]
set xtics 2
set ytics 0.5
set ylabel "CPUs"
set border 3
set tics nomirror out
set style fill solid 1.0 noborder
unset key
set arrow 1 from 0,1 to 16,1 nohead front lw 2 dt 2 lc rgb "black"
set label 1 "guaranteed to db: 1 CPU" at 0.15,1.09 front
set label 2 "db (two threads, 10 ms on, 10 ms off)" at 0.15,0.25 front tc rgb "white"
set label 3 "batch (4 spinners)" at 7,1.75 center front
set label 4 "web (16 spinners)" at 13,1.85 center front

set title "cgroup v2, weights in proportion to the guarantees (Linux " . kernel . ")" offset 0,-0.5
plot plain using 1:(0):2 with filledcurves lc rgb "#2166ac", \
	plain using 1:2:($2 + $3) with filledcurves lc rgb "#f4a582", \
	plain using 1:($2 + $3):($2 + $3 + $4) with filledcurves lc rgb "#cccccc"

set title "Bulkhead (Linux " . kernel . ")" offset 0,-0.5
set xlabel "seconds" offset 0,0.5
plot bulkhead using 1:(0):2 with filledcurves lc rgb "#2166ac", \
	bulkhead using 1:2:($2 + $3) with filledcurves lc rgb "#f4a582", \
	bulkhead using 1:($2 + $3):($2 + $3 + $4) with filledcurves lc rgb "#cccccc"
unset multiplot
