import { makeIdentity } from '../../unit/support/identity-samples';
import { each, type Row } from '../matrix';
import { type BadServer, type Refusal, startBadServer, startRefusingServer, type TlsVersion } from '../tls-servers';

const badServer = (kind: BadServer, what: string, expected: string): Row => ({
	fault: what,
	cause: async ({ rig, side, afterwards }) => {
		const { port, close } = await startBadServer(kind, rig.authorities);
		afterwards(close);
		rig.proxy.set(side, { kind: 'route', port });
	},
	expected: each(expected),
});

const refusal = (kind: Refusal, what: string, expected: string, version: TlsVersion = '-tls1_3'): Row => ({
	fault: what,
	cause: async ({ rig, side, credential, afterwards }) => {
		const { client } = rig.authorities;
		const { certificate, keyPem } = await makeIdentity(client);
		Object.assign(credential, { clientCertificate: certificate, privateKey: keyPem, passphrase: '' });
		const { port, close } = await startRefusingServer(kind, rig.authorities, client.pem, version);
		afterwards(close);
		rig.proxy.set(side, { kind: 'route', port });
	},
	// S3 asks for no client certificate.
	expected: each(expected, ['token', 'ACK']),
});

const local = (identity: 'expired' | 'notYetValid', what: string, expected: string): Row => ({
	fault: what,
	cause: ({ rig, credential }) => void Object.assign(credential, rig.sandbox.info.identities[identity]),
	expected: each(expected, ['token', 'ACK']),
});

const CLIENT_CA = 'HOST does not know the CA that signed the client certificate';
const CLIENT_EXPIRED = 'HOST says that the client certificate has expired';
const UNKNOWN_CA = 'The server certificate of HOST is signed by a CA that n8n does not trust';

/** Certificates that the other side must not trust, and TLS alerts. */
export const TLS: Row[] = [
	badServer('of an unknown CA', "the server's CA is unknown", UNKNOWN_CA),
	badServer('self-signed', "the server's certificate is self-signed", UNKNOWN_CA),
	badServer('expired', "the server's certificate has expired", 'The server certificate of HOST has expired'),
	badServer(
		'not yet valid',
		"the server's certificate is not valid yet",
		'The server certificate of HOST is not valid yet',
	),
	badServer(
		'for another host',
		"the server's certificate is for another host",
		'The server certificate is not for HOST',
	),
	badServer('no TLS', 'the server does not speak TLS', 'HOST does not speak TLS as expected'),
	refusal('none sent', 'TLS alert: no certificate', 'HOST requires a client certificate and received none'),
	refusal('of an unknown CA', 'TLS alert: unknown CA', CLIENT_CA),
	refusal('of an unknown CA', 'TLS 1.2 alert: unknown CA', CLIENT_CA, '-tls1_2'),
	refusal('expired', 'TLS alert: certificate expired', CLIENT_EXPIRED),
	refusal('expired', 'TLS 1.2 alert: certificate expired', CLIENT_EXPIRED, '-tls1_2'),
	local('expired', 'the client certificate has expired', 'Client Certificate expired on DATE'),
	local('notYetValid', 'the client certificate is not valid yet', 'Client Certificate is valid only from DATE'),
];
