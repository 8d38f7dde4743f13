import type { Profile } from '../model/profile.ts';

/**
 * Kafka in KRaft mode: every controller listens, the others and the brokers fetch from the active one
 * (`KafkaRaftClient` in `raft/src/main/java/org/apache/kafka/raft`), and the active one dials them only
 * for BeginQuorumEpoch. A follower gives its leader up after `controller.quorum.fetch.timeout.ms`, 2 s.
 * A fetch is answered after 500 ms at the latest (`MAX_FETCH_WAIT_MS` there), and the next one follows.
 * Brokers that are no controllers have no vote: they are observers. Port 9093 is a convention only.
 */
export const kafkaKraft: Profile = {
  name: 'kafka-kraft',
  title: 'Apache Kafka (KRaft)',
  ports: [
    {
      role: 'client',
      ports: [9092],
      listens: 'optional',
      links: { kind: 'clients' },
      defaultBind: 'wildcard',
      title: 'broker port',
      mayBeIdleCut: true,
      heartbeat: null,
    },
    {
      role: 'controller',
      ports: [9093],
      listens: 'voters',
      links: { kind: 'hub', perPair: { least: 1, usual: 1 } },
      defaultBind: 'wildcard',
      title: 'controller port',
      mayBeIdleCut: false,
      heartbeat: { from: 'some-peer', everyMs: 500, bearsMs: 2_000 },
    },
  ],
  quorum: { kind: 'star', port: 'controller', dials: 'followers' },
  advice: {
    listenEverywhere: 'listeners=PLAINTEXT://:9092,CONTROLLER://:9093 without a host',
    memberList: 'controller.quorum.voters or controller.quorum.bootstrap.servers',
    keepalive: null,
    memberListChanges: null,
    resolvesNames: null,
    staleAddress: null,
    givesUp: 'after controller.quorum.fetch.timeout.ms (2 s unless set)',
    withoutQuorum:
      'Kafka elects no partition leaders and accepts no new topics or brokers; existing leaders keep serving.',
  },
  ownWord: null,
  ready:
    'the controller is active with a majority of controllers linked, or the controller or broker holds a working link to the active one',
  checkedAgainst: 'real servers, 4.4.0 from Maven Central',
};
