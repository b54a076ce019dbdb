/** How long a client certificate lasts. */
export interface CertificateExpiry {
	expiresAt: Date;
	/** Whole days from now, rounded down. */
	daysLeft: number;
}

/** Below this, users are warned: Roche signs a new certificate by hand, which takes its time. In days. */
export const WARN_BELOW_DAYS = 30;

const MS_PER_DAY = 24 * 60 * 60 * 1000;

/**
 * How long the client certificate of a connection lasts.
 * @param identity the connection's own
 * @param now for tests; default the present
 */
export function certificateExpiry({ expiresAt }: { expiresAt: Date }, now = new Date()): CertificateExpiry {
	return { expiresAt, daysLeft: Math.floor((expiresAt.getTime() - now.getTime()) / MS_PER_DAY) };
}
