import { subscribe } from 'node:diagnostics_channel';

/** What undici publishes on `undici:client:connected` (its diagnostics channel documentation). */
interface ConnectedMessage {
	connectParams: { host: string };
	socket: { once(event: 'error', listener: (error: Error & { code?: string }) => void): unknown };
}

interface SeenAlert {
	alert: string;
	at: number;
}

const seen = new Map<string, SeenAlert>();
let watching = false;

/**
 * Starts to note the TLS alerts that servers send. In TLS 1.3 a server refuses a client certificate only after the client
 * has finished its handshake; undici then reports nothing but "other side closed", and the alert is seen on the socket alone.
 */
export function watchTlsAlerts(): void {
	if (watching) return;
	watching = true;
	subscribe('undici:client:connected', (message) => {
		const { connectParams, socket } = message as ConnectedMessage;
		socket.once('error', (error) => {
			const alert = /ALERT_(\w+)$/.exec(error.code ?? '')?.[1];
			if (alert) seen.set(connectParams.host, { alert, at: performance.now() });
		});
	});
}

/**
 * The alert that a server sent since a moment, such as `UNKNOWN_CA`.
 * @param host host name, with the port unless it is 443
 * @param since `performance.now()` at the request's start
 */
export function tlsAlertSince(host: string, since: number): string | undefined {
	const last = seen.get(host);
	return last && last.at >= since ? last.alert : undefined;
}
