import { type Alert, type Makings, maxBy } from './alert.ts';

/** The alert for a certificate of `--certificate` that ends soon. */
export function certificateExpiring({ settings, words }: Makings): Alert {
  const ends = maxBy(settings, ['pod'], 'quorum_probe_certificate_not_after_timestamp_seconds');
  const isNear = maxBy(settings, ['pod'], 'quorum_probe_finding{code="certificate-expiring"}');
  return {
    name: 'QuorumCertificateExpiring',
    expr: `${ends} - time()\nand ${isNear} == 1`,
    for: '10m',
    severity: 'warning',
    summary: `The certificate in ${words.pod} expires soon, or has expired.`,
    description: `The certificate that ${words.pod} was given expires in {{ $value | humanizeDuration }}; a minus sign means that it has. Open links keep working, but none can be opened after that.`,
  };
}
