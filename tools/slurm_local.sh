#!/usr/bin/env bash
# A real Slurm on one machine: a controller and two nodes, to try the Slurm profile where there is no cluster.
#   bash tools/slurm_local.sh start FOLDER    state and logs go to FOLDER; /etc/slurm/slurm.conf becomes a link to its settings
#   bash tools/slurm_local.sh stop FOLDER
#   bash tools/slurm_local.sh controller|node1|node2 FOLDER    start one of them again after it was killed
# As root on Debian or Ubuntu: apt-get install slurmctld slurmd slurm-client munge
set -euo pipefail
command=${1:-}; folder=${2:-}
[[ $command =~ ^(start|stop|controller|node1|node2)$ && -n $folder ]] || { sed -n 2,6p "$0" >&2; exit 2; }
for tool in slurmctld slurmd sbatch munged; do
    command -v $tool > /dev/null || { echo "slurm_local: $tool is missing; apt-get install slurmctld slurmd slurm-client munge" >&2; exit 2; }
done
mkdir -p "$folder"; folder=$(realpath "$folder"); conf=$folder/slurm.conf; port=${SLURM_PORT:-16817}

configure() { # memory and cores are shared out in equal parts, one core at least; a node may promise more than there is
    local cores memory; cores=$(nproc); memory=$(awk '/MemTotal/ {print int($2 / 1024)}' /proc/meminfo)
    cat > "$conf" <<END
ClusterName=local
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=$port
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
StateSaveLocation=$folder/state
SlurmctldPidFile=$folder/slurmctld.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdSpoolDir=$folder/spool.%n
SlurmdPidFile=$folder/slurmd.%n.pid
SlurmdLogFile=$folder/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,batch_sched_delay=0
SlurmdTimeout=20
ReturnToService=2
MinJobAge=7200
KillWait=3
NodeName=node[1-2] NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=[$((port + 1))-$((port + 2))] CPUs=$((cores > 1 ? cores / 2 : 1)) RealMemory=$((memory / 2)) State=UNKNOWN
PartitionName=main Nodes=node[1-2] Default=YES MaxTime=INFINITE OverTimeLimit=0 State=UP
END
}

start() {
    mkdir -p "$folder/state" "$folder/spool.node1" "$folder/spool.node2"
    [ -f /etc/munge/munge.key ] || mungekey --create > /dev/null
    if ! munge -n > /dev/null 2>&1; then
        install -d -o munge -g munge -m 755 /run/munge
        runuser -u munge -- munged
    fi
    configure
    [ -e /etc/slurm/slurm.conf ] && [ ! -L /etc/slurm/slurm.conf ] && { echo "slurm_local: /etc/slurm/slurm.conf belongs to another Slurm" >&2; exit 2; }
    mkdir -p /etc/slurm; ln -sfn "$conf" /etc/slurm/slurm.conf # the one place where every job finds it
    slurmctld -f "$conf"; slurmd -N node1 -f "$conf"; slurmd -N node2 -f "$conf"
    for _ in $(seq 60); do
        [ "$(sinfo --noheader --Node --states=idle --format=%N 2> /dev/null | wc -l)" = 2 ] && { sinfo; return; }
        sleep 0.5
    done
    echo "slurm_local: the nodes did not come up; see $folder/*.log" >&2; exit 1
}

stop() { # they write their state before they end
    local pids; pids=$(cat "$folder"/*.pid 2> /dev/null || true)
    kill $pids 2> /dev/null || true
    for _ in $(seq 40); do kill -0 $pids 2> /dev/null || break; sleep 0.5; done
    kill -9 $pids 2> /dev/null || true
    [ "$(readlink -f /etc/slurm/slurm.conf)" = "$conf" ] && rm /etc/slurm/slurm.conf || true
}

case $command in
    start) start ;;
    stop) stop ;;
    controller) slurmctld -f "$conf" ;;
    *) slurmd -N "$command" -f "$conf" ;;
esac
