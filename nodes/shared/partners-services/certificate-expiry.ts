/** How long a client certificate is still valid. */
export interface CertificateExpiry {
	expiresAt: Date;
	/** Whole days from now, rounded down; negative once it has expired. */
	daysLeft: number;
}

/** Users are warned when fewer days are left: Roche signs a new certificate by hand, which takes time. */
export const WARN_BELOW_DAYS = 30;

const MS_PER_DAY = 24 * 60 * 60 * 1000;

/**
 * Returns how long the client certificate of a connection is still valid.
 * @param identity the connection's identity
 * @param now for tests; the default is the current time
 */
export function certificateExpiry({ expiresAt }: { expiresAt: Date }, now = new Date()): CertificateExpiry {
	return { expiresAt, daysLeft: Math.floor((expiresAt.getTime() - now.getTime()) / MS_PER_DAY) };
}
