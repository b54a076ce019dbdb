import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import type { EmrStub } from './emr';
import type { FaultQueue } from './faults';
import { makeFile } from './files';
import type { Notifications } from './notifications';
import type { ObjectStore } from './object-store';
import type { RequestLog } from './request-log';
import type { ConnectionLog } from './servers';
import { SandboxRequestError } from './request-error';
import type { TokenStore } from './tokens';
import type { FaultSpec, FileRequest, NotifyRequest, PresignRequest, SandboxSettings, SandboxState } from './types';

export interface ControlParts {
	accessPoint: string;
	settings: SandboxSettings;
	tokens: TokenStore;
	store: ObjectStore;
	notifications: Notifications;
	faults: FaultQueue;
	log: RequestLog;
	connections: ConnectionLog;
	emr: EmrStub;
	presign: (objectKey: string, expiresSeconds: number, accessPoint: string) => string;
}

interface Call {
	request: IncomingMessage;
	query: URLSearchParams;
	/** Parsed JSON body. Rejects with SandboxRequestError if the body is not JSON. */
	body: () => Promise<unknown>;
}

interface Reply {
	status: number;
	body: unknown;
}

type Route = (call: Call) => Promise<unknown>;

const FAULT_TARGETS = ['token', 'ack', 's3'];
const FAULT_KINDS = ['status', 'drop', 'process-then-drop', 'stall', 'delay', 'corrupt', 'length'];

/** The control API: plain HTTP and JSON, on loopback only. */
export function controlServer(parts: ControlParts): Server {
	const routes: Record<string, Route> = { ...fileRoutes(parts), ...messageRoutes(parts), ...recordRoutes(parts) };
	return createServer((request, response) => {
		void handle(request, routes).then(({ status, body }) => {
			// No keep-alive: while a caller blocks its event loop (as spawnSync does), its idle connection would be closed.
			const headers = { 'Content-Type': 'application/json', Connection: 'close' };
			response.writeHead(status, headers).end(`${JSON.stringify(body)}\n`);
		});
	});
}

async function handle(request: IncomingMessage, routes: Record<string, Route>): Promise<Reply> {
	const url = new URL(request.url ?? '/', 'http://localhost');
	const route = routes[`${request.method ?? ''} ${url.pathname}`];
	if (!route)
		return { status: 404, body: { error: `No such route; available routes: ${Object.keys(routes).join(', ')}` } };
	const body = async () => parseJson(await text(request));
	try {
		const result = await route({ request, query: url.searchParams, body });
		return isReply(result) ? result : { status: 200, body: result };
	} catch (error) {
		const status = error instanceof SandboxRequestError ? 400 : 500;
		return { status, body: { error: error instanceof Error ? error.message : String(error) } };
	}
}

function parseJson(body: string): unknown {
	try {
		return JSON.parse(body) as unknown;
	} catch {
		throw new SandboxRequestError('The request body is not JSON');
	}
}

/** Answer of a route with a status other than 200. */
class StatusReply implements Reply {
	constructor(
		readonly status: number,
		readonly body: unknown,
	) {}
}

const isReply = (result: unknown): result is Reply => result instanceof StatusReply;

const required = (value: string | null, name: string): string => {
	if (!value) throw new SandboxRequestError(`${name} is missing`);
	return value;
};

function fileRoutes({ store, accessPoint, emr, settings, presign }: ControlParts): Record<string, Route> {
	return {
		'POST /files': async ({ body }) => {
			const request = (await body()) as FileRequest;
			const made = makeFile(request, settings);
			return await store.put({ ...made, key: required(made.key, 'key') }, request.accessPoint ?? accessPoint);
		},
		'GET /files': () => Promise.resolve(store.list()),
		'DELETE /files': async ({ query }) => {
			await store.remove(required(query.get('key'), 'key'), query.get('accessPoint') ?? accessPoint);
			return {};
		},
		'POST /presign': async ({ body }) => {
			const request = (await body()) as PresignRequest;
			const key = required(request.objectKey, 'objectKey');
			return { url: presign(key, request.expiresSeconds, request.accessPoint ?? accessPoint) };
		},
		'GET /emr': () => Promise.resolve(emr.list()),
		'POST /emr': async ({ request, query }) => {
			if (settings.emrStatus !== null) {
				request.resume();
				return new StatusReply(settings.emrStatus, { error: 'The stand-in EMR refuses files (setting emrStatus)' });
			}
			const { name, size, sha256 } = await emr.receive(request, query.get('name') ?? '');
			return new StatusReply(201, { name, size, sha256 });
		},
	};
}

function messageRoutes({ notifications, faults }: ControlParts): Record<string, Route> {
	return {
		'POST /notifications': async ({ body }) => await notifications.send((await body()) as NotifyRequest),
		'POST /redeliver': async ({ body }) =>
			await notifications.redeliver(((await body()) as { messageId: string }).messageId),
		'POST /faults': async ({ body }) => {
			const spec = (await body()) as FaultSpec;
			if (!FAULT_TARGETS.includes(spec.target) || !FAULT_KINDS.includes(spec.fault?.kind)) {
				throw new SandboxRequestError(
					`A fault needs a target (${FAULT_TARGETS.join(', ')}) and a fault.kind (${FAULT_KINDS.join(', ')})`,
				);
			}
			faults.add(spec);
			return {};
		},
		'DELETE /faults': () => {
			faults.clear();
			return Promise.resolve({});
		},
	};
}

function recordRoutes(parts: ControlParts): Record<string, Route> {
	const { log, settings, tokens, notifications, store, faults, connections } = parts;
	return {
		'GET /requests': ({ query }) => Promise.resolve(log.list(query.get('target') ?? undefined)),
		'DELETE /requests': () => {
			log.clear();
			return Promise.resolve({});
		},
		'GET /tokens': () => Promise.resolve(tokens.issued),
		'GET /state': () => {
			const state: SandboxState = {
				files: store.list(),
				messages: notifications.list(),
				settings,
				faults: faults.list(),
				connections: connections.connections,
				sentBytes: connections.sentBytes,
				tlsErrors: connections.tlsErrors,
			};
			return Promise.resolve(state);
		},
		'POST /settings': async ({ body }) => {
			const change = (await body()) as Partial<SandboxSettings>;
			const unknown = Object.keys(change).filter((name) => !(name in settings));
			if (unknown.length > 0) throw new SandboxRequestError(`Unknown setting: ${unknown.join(', ')}`);
			Object.assign(settings, change);
			notifications.reschedule();
			return settings;
		},
	};
}
