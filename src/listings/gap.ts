/** Why something of a host's sockets is not known from its listing. */
export type Gap =
  | 'no-listeners'
  | 'no-connections'
  | 'filtered'
  | 'filter-unknown'
  | 'one-family'
  | 'some-processes'
  | 'names'
  | 'cut'
  | 'unread'
  | 'contradicted'
  | 'omitted'
  | 'forwarded'
  | 'several-members'
  | 'no-voter'
  | 'fragment'
  | 'parted';
