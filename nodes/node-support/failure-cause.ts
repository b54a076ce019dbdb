import type { NodeApiError } from 'n8n-workflow';
import type { ServiceError } from '../errors/service-error';

/** n8n-workflow 2.40 does not export this type by name. */
type Failure = NonNullable<NonNullable<ConstructorParameters<typeof NodeApiError>[2]>['failure']>;

/** Too many requests, by Roche, S3 or a proxy. */
const SLOW_DOWN = /^(429|PROXY_429|SlowDown|TooManyRequests)$/;
/** Roche refused a part of the credential: client id and secret, organization, or certificate (also by a TLS alert). */
const CREDENTIAL =
	/^(401|CERTIFICATE_REFUSED|ORGANIZATION_REFUSED)$|ALERT_(NO_|BAD_|UNSUPPORTED_)?CERTIFICATE|ALERT_UNKNOWN_CA$/;
/** The node, the credential's base URL or the proxy variables refer to something that does not exist or may not be used. */
const CONFIGURATION =
	/^(404|405|407|501|ENOTFOUND|PROXY_(NO_BASIC|ENOTFOUND|40[137])|NoSuch(Bucket|AccessPoint|Key)|NotFound|InvalidAccessPoint\w*|PermanentRedirect|TemporaryRedirect)$/;

/**
 * Returns why a request failed, as n8n classifies it (n8n-workflow 2.40, `Failure`), by the codes of the failure tables. Failures that may pass
 * include the wait that the service asked for, in ms.
 * @returns undefined if none of n8n's causes clearly applies
 */
export function failureOf({ code, retry, retryAfterMs }: ServiceError): Failure | undefined {
	if (SLOW_DOWN.test(code)) return { cause: 'rate-limited', retryAfterMs };
	if (CREDENTIAL.test(code)) return { cause: 'credential-invalid' };
	if (CONFIGURATION.test(code)) return { cause: 'configuration-invalid' };
	return retry ? { cause: 'temporarily-unavailable', retryAfterMs } : undefined;
}
