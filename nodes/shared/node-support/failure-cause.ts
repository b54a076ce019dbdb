import type { NodeApiError } from 'n8n-workflow';
import type { Cause } from '../errors/failure';
import type { ServiceError } from '../errors/service-error';

/** n8n-workflow 2.40 does not export this type by name. */
type Failure = NonNullable<NonNullable<ConstructorParameters<typeof NodeApiError>[2]>['failure']>;

const CAUSES: Readonly<Record<Cause, Failure['cause']>> = {
	credential: 'credential-invalid',
	configuration: 'configuration-invalid',
	load: 'rate-limited',
};

/**
 * Returns why a request failed, as n8n classifies it (n8n-workflow 2.40, `Failure`). Failures that may pass include the wait that the service
 * asked for, in ms.
 * @returns undefined if none of n8n's causes clearly applies
 */
export function failureOf({ causedBy, retry, retryAfterMs }: ServiceError): Failure | undefined {
	const wait = retry ? { retryAfterMs } : {};
	if (causedBy !== undefined) return { cause: CAUSES[causedBy], ...wait };
	return retry ? { cause: 'temporarily-unavailable', ...wait } : undefined;
}
