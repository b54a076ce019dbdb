import { createPrivateKey, type KeyObject } from 'node:crypto';
import { InvalidInputError } from '../errors/invalid-input-error';
import type { PemBlock } from './pem';

/** The field's label. */
export const KEY = 'Private Key';

/** OpenSSL's codes for an unknown cipher or key derivation; a wrong passphrase never causes one of these. */
const UNKNOWN_METHOD = /^ERR_OSSL_\w+_(UNSUPPORTED|UNKNOWN)/;

/**
 * Reads the private key, with its passphrase if it is encrypted.
 * @throws InvalidInputError that distinguishes a missing passphrase, a wrong one, a retired cipher and a damaged key
 */
export function parseKey({ pem, encrypted }: PemBlock, passphrase: string): KeyObject {
	try {
		return createPrivateKey({ key: pem, ...(encrypted && { passphrase }) });
	} catch (error) {
		throw encrypted ? lockedKey((error as { code?: string }).code ?? '', passphrase) : damagedKey();
	}
}

/** Returns the error for an encrypted key. OpenSSL's own messages for a wrong passphrase differ by cipher, and are not written for users. */
function lockedKey(code: string, passphrase: string): InvalidInputError {
	// Checked before the passphrase, as OpenSSL does: no passphrase would help.
	if (UNKNOWN_METHOD.test(code)) {
		return new InvalidInputError(
			KEY,
			`${KEY} is encrypted with a method that is no longer supported (DES, RC2, RC4 or the like)`,
			'Encrypt it again: "openssl pkey -provider legacy -provider default -in KEY -aes256 -out NEWKEY" asks for the old passphrase and for a new one. Paste NEWKEY.',
		);
	}
	if (passphrase === '') {
		return new InvalidInputError(
			'Passphrase',
			`Passphrase is missing: ${KEY} is encrypted`,
			'Put the passphrase of the key into the field "Passphrase" of the credential.',
		);
	}
	return new InvalidInputError(
		'Passphrase',
		`Passphrase is wrong: it does not open ${KEY}`,
		'Test it with "openssl pkey -in KEY -noout", and look for spaces at its ends. If it is right, the key is damaged: paste it again.',
	);
}

function damagedKey(): InvalidInputError {
	return new InvalidInputError(
		KEY,
		`${KEY} is damaged: it cannot be read`,
		'Paste the file again, whole and unchanged.',
	);
}
