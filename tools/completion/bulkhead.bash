# SPDX-License-Identifier: GPL-2.0
# bash completion for bulkhead(8)

_bulkhead_partitions()
{
	bulkhead list --no-legend -r -o NAME 2>/dev/null
}

# Options that take a value, as alternatives of one pattern.
_bulkhead_valued='--cpu|--cpu-max|--share|--mem|--mem-max|--swap-max|--tasks-max'
_bulkhead_valued+='|--mem-mode|--mem-high|--mem-high-time|--mem-high-action|--oom-group'
_bulkhead_settings="--cpu --cpu-max --share --mem --mem-max --swap-max --tasks-max
	--mem-mode --mem-high --mem-high-time --mem-high-action --oom-group"

# Prints the words that can stand at the cursor behind the verb $1.
_bulkhead_words()
{
	local columns="NAME ID STATE CPU.MIN CPU.MAX CPU.TIME SHARE MEM.MIN MEM.MAX
		MEM.USE MEM.PEAK SWAP.MAX TASKS TASKS.MAX MEM.MODE MEM.HIGH HIGH.TIME
		HIGH.ACTION OOM.GROUP MEM.HELD OOM.KILLS"

	case $1:$prev in
	*:--color) echo "auto always never"; return ;;
	*:--mem-mode) echo "lend reserve"; return ;;
	*:--mem-high-action) echo "enforce release"; return ;;
	*:--oom-group) echo "no yes"; return ;;
	list:--sort | ls:--sort | list:-o | ls:-o) echo "$columns"; return ;;
	kill:-s | kill:--signal) compgen -A signal | sed 's/^SIG//'; return ;;
	esac
	case $1 in
	create) echo "$_bulkhead_settings --dry-run --quiet" ;;
	set)
		_bulkhead_partitions
		[[ $cword -gt 2 ]] && echo "${_bulkhead_settings//--/} --dry-run --quiet" |
			sed -E 's/[a-z-]+/&=/g; s/--(dry-run|quiet)=/--\1/g'
		;;
	show) _bulkhead_partitions; echo --json ;;
	list | ls)
		_bulkhead_partitions
		echo "--json --raw --pairs --bytes --output --sort --no-legend"
		;;
	run) _bulkhead_partitions; echo "--name $_bulkhead_settings --" ;;
	attach) _bulkhead_partitions; echo --quiet ;;
	ps) _bulkhead_partitions; echo --json ;;
	kill) _bulkhead_partitions; echo "--signal --quiet" ;;
	destroy | rm) _bulkhead_partitions; echo "--force --quiet" ;;
	capacity) echo --json ;;
	check) echo "$_bulkhead_settings" ;;
	esac
	echo "--help --color"
}

_bulkhead()
{
	local cur prev words cword verbs i
	verbs="create set show list ls run attach ps kill destroy rm capacity check
		doctor version help"

	_init_completion -n = || return
	if [[ $cword -eq 1 || ${words[1]} == help ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$verbs --help --version" -- "$cur")
		return
	fi
	# Behind "--" of run, or behind its first word, a command is completed.
	if [[ ${words[1]} == run ]]; then
		for ((i = 2; i < cword; i++)); do
			[[ ${words[i]} =~ ^($_bulkhead_valued|--name)$ ]] && { ((i++)); continue; }
			[[ ${words[i]} == -- ]] && { _command_offset $((i + 1)); return; }
		done
	fi
	if [[ ${words[1]} == attach && $cword -gt 2 && $cur != -* ]]; then
		_pids
		return
	fi
	[[ $prev =~ ^($_bulkhead_valued)$ &&
	   ! $prev =~ ^--(mem-mode|mem-high-action|oom-group)$ ]] && return
	mapfile -t COMPREPLY < <(compgen -W "$(_bulkhead_words "${words[1]}")" -- "$cur")
	[[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace
}

complete -F _bulkhead bulkhead
