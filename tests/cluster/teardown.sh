# The end of a cluster: of one that is whole, that has begun only, or that somebody has killed; sourced.

# belongs PID: is it a process of ours, and not one that has got its number since?
belongs() {
  local net own
  net=$(stat -Lc %i "/proc/$1/ns/net" 2>/dev/null) || return 1
  for own in /run/netns/"$space"*; do
    [ "$(stat -c %i "$own" 2>/dev/null)" != "$net" ] || return 0
  done
  return 1
}

end_process() {
  local pid
  pid=$(cat "$1")
  ! belongs "$pid" || kill "-$2" "$pid" 2>/dev/null || true
}
is_gone() { ! belongs "$(cat "$1")"; }

end_processes() {
  local file
  for file in "$pids"/node[0-9]*; do [ ! -e "$file" ] || cut_power "${file##*/node}"; done
  for file in "$pids"/*; do [ "$file" = "$pids/nodes" ] || [ ! -e "$file" ] || end_process "$file" TERM; done
  # Their files may go once they are gone.
  for file in "$pids"/*; do
    [ -e "$file" ] || continue
    await 5 "${file##*/} ends" is_gone "$file" 2>/dev/null || end_process "$file" KILL
  done
}

# What pods leave goes when the last of their processes has.
remove_groups() {
  local group
  for group in /sys/fs/cgroup/*/"$space"-[0-9]*; do
    [ ! -d "$group" ] || find "$group" -depth -type d -exec rmdir {} \; 2>/dev/null || true
  done
  ! compgen -G "/sys/fs/cgroup/*/$space-[0-9]*" >/dev/null
}

down() {
  local net
  [ ! -e "$pids/guard" ] || [ "$(cat "$pids/guard")" = $$ ] || kill "$(cat "$pids/guard")" 2>/dev/null || true
  rm -f "$pids/guard"
  end_processes
  for net in $(ip netns list | awk -v space="$space" 'index($1, space) == 1 { print $1 }'); do ip netns del "$net"; done
  await 20 "control groups are empty" remove_groups || true
  # Not /tmp/hostpath_pv: that would take the volumes of other clusters from it.
  rm -rf "$state" "$etcd_data" "$pids"
}

# watch_over PID: down when that process ends, however it does.
watch_over() {
  setsid bash -c 'while kill -0 "$1" 2>/dev/null; do sleep 1; done; exec "$2" down' guard "$1" "$here/cluster" \
    >/dev/null 2>&1 </dev/null 9>&- &
  echo $! >"$pids/guard"
}
