import type { Scene } from '../scene/scene.ts';
import type { Diagnosis } from './finding.ts';

const DAY_MS = 86_400_000;
/** Soon enough to renew by hand, and not so soon that a certificate of a few hours is always about to expire. */
const AHEAD = { mostMs: 14 * DAY_MS, shareOfLife: 0.2 };

/** A certificate of the server's that expires soon, or has expired. */
export function certificateFindings({ observation }: Scene): Diagnosis[] {
  const { certificate, at } = observation;
  if (certificate === null) return [];
  const { subject, notBefore, notAfter } = certificate;
  const endsMs = Date.parse(notAfter);
  const leftMs = endsMs - Date.parse(at);
  const lifeMs = endsMs - Date.parse(notBefore);
  if (leftMs > Math.min(AHEAD.mostMs, lifeMs * AHEAD.shareOfLife)) return [];
  const whose =
    subject === '' ? 'a certificate without a subject' : `the certificate of ${subject}`;
  const when =
    leftMs > 0
      ? `${whose} expires in ${roughly(leftMs)}`
      : `${whose} expired ${roughly(-leftMs)} ago`;
  return [
    {
      code: 'certificate-expiring',
      certainty: 'confirmed',
      summary: `${when.charAt(0).toUpperCase()}${when.slice(1)}, on ${notAfter}.`,
      evidence: [`valid from ${notBefore} to ${notAfter}`],
      cause:
        'It was not renewed in time, or the renewed file has not reached this pod. Open links keep working, but none can be opened with an expired certificate.',
      remedy:
        'Renew it now; with cert-manager, kubectl describe certificate says what prevents that. Then check that each server has loaded the new one: many read it only when they start, so restart them one at a time while the ensemble can spare a member.',
    },
  ];
}

function roughly(ms: number): string {
  if (ms >= 2 * DAY_MS) return `${Math.floor(ms / DAY_MS)} days`;
  const hours = Math.floor(ms / 3_600_000);
  return hours >= 2 ? `${hours} hours` : `${Math.max(1, Math.round(ms / 60_000))} minutes`;
}
