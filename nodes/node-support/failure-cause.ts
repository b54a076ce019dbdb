import type { NodeApiError } from 'n8n-workflow';
import type { ServiceError } from '../errors/service-error';

/** n8n-workflow 2.40 does not export it by name. */
type Failure = NonNullable<NonNullable<ConstructorParameters<typeof NodeApiError>[2]>['failure']>;

/** Too many requests: for Roche, S3 and a proxy. */
const SLOW_DOWN = /^(429|PROXY_429|SlowDown|TooManyRequests)$/;
/** What Roche refuses of the credential: the client's id and secret, its organization, its certificate (also by a TLS alert). */
const CREDENTIAL =
	/^(401|CERTIFICATE_REFUSED|ORGANIZATION_REFUSED)$|ALERT_(NO_|BAD_|UNSUPPORTED_)?CERTIFICATE|ALERT_UNKNOWN_CA$/;
/** What a node, a credential's address or the proxy's variables point at, and is not there or may not be used. */
const CONFIGURATION =
	/^(404|405|407|501|ENOTFOUND|PROXY_(NO_BASIC|ENOTFOUND|40[137])|NoSuch(Bucket|AccessPoint|Key)|NotFound|InvalidAccessPoint\w*|PermanentRedirect|TemporaryRedirect)$/;

/**
 * Why a request failed, in n8n's words (n8n-workflow 2.40, `Failure`), by the codes of the failure tables. What may succeed by itself has
 * a cause of time, with the wait that the service asked for, in ms.
 * @returns undefined where none of n8n's causes is plainly right
 */
export function failureOf({ code, retry, retryAfterMs }: ServiceError): Failure | undefined {
	if (SLOW_DOWN.test(code)) return { cause: 'rate-limited', retryAfterMs };
	if (CREDENTIAL.test(code)) return { cause: 'credential-invalid' };
	if (CONFIGURATION.test(code)) return { cause: 'configuration-invalid' };
	return retry ? { cause: 'temporarily-unavailable', retryAfterMs } : undefined;
}
