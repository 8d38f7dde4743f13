#!/usr/bin/env bash
# What ZooKeeper's own script does for `start-foreground`, the only command that is used here.
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck disable=SC2086 # the flags are several words
exec java -Xmx1000m -Dorg.slf4j.simpleLogger.showDateTime=true -Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS \
  -XX:+HeapDumpOnOutOfMemoryError -XX:OnOutOfMemoryError='kill -9 %p' $SERVER_JVMFLAGS $JVMFLAGS \
  -cp "$ZOOCFGDIR:$home/lib/*" org.apache.zookeeper.server.quorum.QuorumPeerMain "$ZOOCFGDIR/zoo.cfg"
