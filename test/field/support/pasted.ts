/** The changes to a PEM text by programs between the file and the credential's field. Each function imitates one program. */

const lines = (pem: string): string[] => pem.trimEnd().split('\n');
const each = (pem: string, change: (line: string) => string): string => lines(pem).map(change).join('\n');
const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');

/** RFC 2045, 6.7: an equals sign is escaped, and no line is longer than 76 characters. */
function quotedPrintable(text: string): string {
	const escaped = text.replaceAll(/[=\u0080-\uffff]/g, (sign) =>
		[...utf8(sign)].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
	);
	return escaped
		.split('\n')
		.map((line) => line.replaceAll(/.{70}(?=.)/g, '$&=\r\n'))
		.join('\r\n');
}

const html = (text: string): string =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;').replaceAll('\n', '<br/>\n');

export const PASTED: ReadonlyArray<[string, (pem: string) => string]> = [
	['JSON, escaped twice', (pem) => JSON.stringify(JSON.stringify(pem))],
	['JSON, escaped three times', (pem) => JSON.stringify(JSON.stringify(JSON.stringify({ pem })))],
	['JSON of PHP, which escapes slashes', (pem) => JSON.stringify(pem).replaceAll('/', '\\/')],
	[
		'JSON of Go and Python, which escape signs',
		(pem) =>
			JSON.stringify(pem)
				.replaceAll(/[+=/]/g, (s) => `\\u00${s.charCodeAt(0).toString(16)}`)
				.replaceAll('\\n', '\\u000a'),
	],
	['a list of lines in JSON', (pem) => JSON.stringify(lines(pem), undefined, 2)],
	['YAML, literal block', (pem) => `tls.crt: |-\n${each(pem, (line) => `    ${line}`)}\n`],
	['YAML, folded block', (pem) => `cert: >\n  ${lines(pem).join('\n\n  ')}\n`],
	['YAML, double-quoted over several lines', (pem) => `cert: "${lines(pem).join('\\n\\\n  ')}\\n"`],
	['an .env file', (pem) => `CLIENT_PEM="${pem.replaceAll('\n', '\\n')}"`],
	["bash's $'...'", (pem) => `$'${pem.replaceAll('\n', '\\n')}'`],
	['a shell that took the backslashes away', (pem) => pem.replaceAll('\n', 'n')],
	['a shell that took those of \\r\\n away', (pem) => pem.replaceAll('\n', 'rn')],
	['lines continued by backslashes', (pem) => lines(pem).join(' \\\n')],
	['printf %q', (pem) => pem.replaceAll('\n', '\\012')],
	['a Java properties file', (pem) => `pem=${lines(pem).join('\\n\\\n    ')}\n`],
	[
		'strings joined in JavaScript',
		(pem) =>
			lines(pem)
				.map((line) => `"${line}\\n"`)
				.join(' +\n  '),
	],
	[
		'strings joined in PHP',
		(pem) =>
			lines(pem)
				.map((line) => `'${line}'`)
				.join(' . \n  '),
	],
	[
		'C#, strings in a row',
		(pem) =>
			lines(pem)
				.map((line) => `"${line}" +`)
				.join('\r\n'),
	],
	['quoted-printable mail', (pem) => quotedPrintable(pem)],
	['quoted-printable mail, one long line of JSON', (pem) => quotedPrintable(JSON.stringify({ certificate: pem }))],
	['quoted-printable mail with escaped dashes', (pem) => quotedPrintable(pem).replaceAll('-', '=2D')],
	['quoted mail', (pem) => each(pem, (line) => `> ${line}`)],
	['mail quoted three times', (pem) => each(pem, (line) => `>> > ${line}`)],
	['quoted mail in quoted-printable', (pem) => quotedPrintable(each(pem, (line) => `> > > > > > > ${line}`))],
	['mail in HTML', (pem) => `<div class="x">${html(pem)}</div>`],
	['mail in HTML, as Outlook writes it', (pem) => each(pem, (line) => `<p class="MsoNormal">${line}<o:p></o:p></p>`)],
	[
		'HTML with entities',
		(pem) => pem.replaceAll('\n', '&#13;&#10;').replaceAll('+', '&#x2B;').replaceAll('=', '&#61;'),
	],
	['HTML, escaped twice', (pem) => html(html(pem))],
	['XML of a SAML file', (pem) => `<ds:Pem>${pem.replaceAll('\n', '&#xD;\n')}</ds:Pem>`],
	['non-breaking blanks', (pem) => pem.replaceAll(' ', '\u00a0').replaceAll('\n', '\u00a0\n')],
	['zero-width signs', (pem) => pem.replaceAll('\n', '\u200b\n').replaceAll('MI', 'M\u00adI')],
	['narrow blanks and line separators', (pem) => pem.replaceAll('\n', '\u2028').replaceAll(' ', '\u202f')],
	['a word processor, em dashes', (pem) => pem.replaceAll('-----', '——-')],
	['a word processor, en dashes', (pem) => pem.replaceAll('--', '–')],
	['a word processor, one dash', (pem) => pem.replaceAll('-----', '—')],
	['a word processor, minus signs', (pem) => pem.replaceAll('-', '−')],
	['typographic quotes', (pem) => `“${pem.trim()}”`],
	['Markdown, escaped dashes', (pem) => pem.replaceAll('-----', '\\-\\-\\-\\-\\-')],
	['Markdown, a fence in a quote', (pem) => `> \`\`\`pem\n${each(pem, (line) => `> ${line}`)}\n> \`\`\``],
	['a dash missing at the end', (pem) => pem.trimEnd().slice(0, -1)],
	['dashes escaped for PGP', (pem) => pem.replaceAll('-----', '- -----').replaceAll(/- -----$/gm, '-----')],
	['a form, URL-encoded', (pem) => new URLSearchParams({ pem }).toString()],
	['a form that was decoded once too often', (pem) => pem.replaceAll('+', ' ')],
	['encodeURIComponent', (pem) => encodeURIComponent(pem)],
	['encoded twice', (pem) => encodeURIComponent(encodeURIComponent(pem))],
	[
		'line numbers of an editor',
		(pem) =>
			lines(pem)
				.map((line, n) => `${String(n + 1).padStart(4)}  ${line}`)
				.join('\n'),
	],
	['a patch', (pem) => each(pem, (line) => `+${line}`)],
	['labels without blanks', (pem) => pem.replaceAll(/(?<=-----)[A-Z ]+(?=-----)/g, (s) => s.replaceAll(' ', ''))],
	['narrow terminal, wrapped in the armour', (pem) => pem.replaceAll(/.{20}(?=.)/g, '$&\n')],
	[
		'base64url',
		(pem) => each(pem, (line) => (line.startsWith('-') ? line : line.replaceAll('+', '-').replaceAll('/', '_'))),
	],
	['padding lost', (pem) => pem.replaceAll('=', '')],
	['UTF-16, read as bytes', (pem) => Buffer.from(`\ufeff${pem}`, 'utf16le').toString('latin1')],
	['the whole in base64', (pem) => utf8(pem).toString('base64')],
	['the whole in base64, in lines', (pem) => utf8(pem).toString('base64').replaceAll(/.{76}/g, '$&\n')],
	['the whole in base64, twice', (pem) => Buffer.from(utf8(pem).toString('base64')).toString('base64')],
	['a Kubernetes secret', (pem) => `apiVersion: v1\ndata:\n  tls.crt: ${utf8(pem).toString('base64')}\nkind: Secret\n`],
	['a data URL', (pem) => `data:application/x-pem-file;base64,${utf8(pem).toString('base64')}`],
	[
		'certutil -encode of a PEM file',
		(pem) =>
			`-----BEGIN CERTIFICATE-----\r\n${utf8(pem).toString('base64').replaceAll(/.{64}/g, '$&\r\n')}\r\n-----END CERTIFICATE-----\r\n`,
	],
];

/** Returns the PEM with another label in its BEGIN and END lines. */
export const label = (pem: string, words: string): string => pem.replaceAll(/(BEGIN|END) [A-Z0-9 ]+/g, `$1 ${words}`);
