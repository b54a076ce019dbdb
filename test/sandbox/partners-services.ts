import { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:https';
import { respond, textAnswer, type Answer, type FaultQueue } from './faults';
import { API_PATH, SANDBOX_ORG_ID, SANDBOX_PATHS } from './hosts';
import type { ServerIdentity } from './identities';
import type { Notifications } from './notifications';
import { subjectText, type RequestLog } from './request-log';
import { httpsServer } from './servers';
import type { TokenStore } from './tokens';
import type { ClientIdentity, SandboxOptions } from './types';

export interface PartnersServicesParts {
	identity: ServerIdentity;
	serverChain: SandboxOptions['serverChain'];
	/** Passes TLS, but is refused with 403. */
	refused: ClientIdentity;
	orgId: string;
	clientId: string;
	clientSecret: string;
	tokens: TokenStore;
	notifications: Notifications;
	/** Handles the body of a request to the service `sandbox`; false = 400. */
	announce: (body: string) => boolean;
	faults: FaultQueue;
	log: RequestLog;
}

const CERTIFICATE_REFUSED = { status: 'error', detail: 'Validation policy error: Certificate validation failed.' };

const json = (status: number, body: unknown) => textAnswer(status, JSON.stringify(body));
const empty = (status: number) => textAnswer(status, '');

/** Roche's documented 400 for an invalid receipt handle (implementation guide). */
function badReceiptHandle(handle: string): Answer {
	const text = `The input receipt handle "${handle}" is not a valid receipt handle.`;
	const issue = [{ severity: 'error', code: 'invalid', details: { text } }];
	return json(400, { resourceType: 'OperationOutcome', issue });
}

function header(request: IncomingMessage, name: string): string {
	const value = request.headers[name];
	return typeof value === 'string' ? value : '';
}

/**
 * Creates the server of Roche's Partners Services API: Get Token, Notification ACK and Roche's own sandbox behind mutual TLS, with the
 * statuses and bodies that Roche documents. Errors without a documented answer, such as a missing `x-origin-request-id`, are not refused; the
 * request log shows them.
 */
export function partnersServices(parts: PartnersServicesParts): Server {
	const { identity, log, faults } = parts;
	const server = httpsServer({
		key: identity.key,
		cert: identity.cert + (parts.serverChain === 'leaf' ? '' : identity.intermediates),
		ca: identity.clientCa,
		requestCert: true,
		rejectUnauthorized: true,
	});
	const refused = subjectText(new X509Certificate(parts.refused.clientCertificate));
	server.on('request', (request, response) => {
		const target = targetOf(request);
		const entry = log.record(target, request);
		const faulty = target === 'token' || target === 'ack';
		const fault = faulty ? faults.take(target, header(request, 'receipthandle')) : undefined;
		const answer = (body: string) =>
			Promise.resolve(
				refusal(request, parts, entry.clientCertificateSubject === refused) ?? carryOut(target, request, body, parts),
			);
		void respond({ request, response, entry, fault, answer, statusAnswer: empty });
	});
	return server;
}

type Target = 'token' | 'ack' | 'sandbox' | 'api-other';

function targetOf(request: IncomingMessage): Target {
	if (request.url === `${API_PATH}v1/token`) return 'token';
	if (SANDBOX_PATHS.includes(request.url ?? '')) return 'sandbox';
	return request.url === `${API_PATH}v1/notification/ack` ? 'ack' : 'api-other';
}

/** Returns the documented answer to a caller who has no access; undefined = the caller has access. */
function refusal(request: IncomingMessage, parts: PartnersServicesParts, badCertificate: boolean): Answer | undefined {
	if (targetOf(request) === 'api-other') return empty(404);
	if (request.method !== 'POST') return empty(405);
	if (badCertificate) return json(403, CERTIFICATE_REFUSED);
	const known =
		header(request, 'client_id') === parts.clientId && header(request, 'client_secret') === parts.clientSecret;
	if (!known) return json(401, { error: 'Invalid Client' });
	// An unknown organization, or one that the client id may not act for: 403 without a body.
	const orgId = targetOf(request) === 'sandbox' ? SANDBOX_ORG_ID : parts.orgId;
	return header(request, 'org_id') === orgId ? undefined : empty(403);
}

function carryOut(target: Target, request: IncomingMessage, body: string, parts: PartnersServicesParts): Answer {
	if (target === 'token') return json(200, parts.tokens.issue());
	// What Roche's own sandbox answers is not documented.
	if (target === 'sandbox') return empty(parts.announce(body) ? 200 : 400);
	const handle = header(request, 'receipthandle');
	const operationId = request.headers['x-operation-id'];
	const accepted = parts.notifications.acknowledge(handle, typeof operationId === 'string' ? operationId : null);
	return accepted ? empty(200) : badReceiptHandle(handle);
}
