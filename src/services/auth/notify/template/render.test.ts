import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TemplateError } from './parse.ts';
import { renderHtml, renderText } from './render.ts';

const data = {
  Token: '123456',
  SiteURL: 'https://example.com',
  ConfirmationURL: 'https://api.example.com/verify?token=abc&type=signup&redirect_to=https%3A%2F%2Fexample.com',
  RedirectTo: 'https://example.com/a?b=c&d=e',
  Data: { name: '<b>Ada</b>', tags: ['x', 'y'], plan: { seats: 3 }, empty: '', none: null },
};

/** What Go's text/template makes of these. */
const TEXTS: readonly [string, string][] = [
  ['code {{ .Token }}.', 'code 123456.'],
  ['{{.Token}}', '123456'],
  ['a {{- .Token -}} b', 'a123456b'],
  ['{{/* note */}}x{{- /* note */ -}} y', 'xy'],
  ['{{ .Data.plan.seats }} {{ .Data.missing }}{{ .Data.missing.deeper }}', '3 '],
  ['{{ if .Data.empty }}a{{ else if eq .Token "123456" }}b{{ else }}c{{ end }}', 'b'],
  ['{{ if not .Data.none }}n{{ end }}{{ if .Data.tags }}t{{ end }}', 'nt'],
  ['{{ range .Data.tags }}[{{ . }}]{{ else }}none{{ end }}', '[x][y]'],
  ['{{ range $i, $tag := .Data.tags }}{{ $i }}={{ $tag }} of {{ len $.Data.tags }};{{ end }}', '0=x of 2;1=y of 2;'],
  ['{{ range .Data.empty }}a{{ else }}none{{ end }}', 'none'],
  ['{{ with .Data.plan }}{{ .seats }}{{ $.Token }}{{ end }}{{ with .Data.none }}a{{ else }}b{{ end }}', '3123456b'],
  ['{{ $name := .Data.plan.seats }}{{ $name }}', '3'],
  ['{{ if and .Token (or .Data.empty (gt .Data.plan.seats 2)) }}yes{{ end }}', 'yes'],
  ['{{ printf "%s-%05d-%q" .Token 42 "a" }}', '123456-00042-"a"'],
  ['{{ .Token | printf "%s!" }}', '123456!'],
  ['{{ index .Data.tags 1 }}{{ index .Data "name" }}', 'y<b>Ada</b>'],
  ['{{ (index .Data "plan").seats }}', '3'],
  ['{{ "a }} b" }}', 'a }} b'],
  ['{{ urlquery .RedirectTo }}', 'https%3A%2F%2Fexample.com%2Fa%3Fb%3Dc%26d%3De'],
  ['{{ .Data.constructor }}{{ .Data.__proto__ }}{{ .toString }}', ''],
];

for (const [template, expected] of TEXTS)
  test(`${template} says ${JSON.stringify(expected)}`, () => assert.equal(renderText(template, data), expected));

/** What Go's html/template makes of these. */
const PAGES: readonly [string, string][] = [
  ['<p>{{ .Data.name }}</p>', '<p>&lt;b&gt;Ada&lt;/b&gt;</p>'],
  ['<a href="{{ .ConfirmationURL }}">x</a>', `<a href="${data.ConfirmationURL.replaceAll('&', '&amp;')}">x</a>`],
  [
    '<a href="{{ .SiteURL }}/confirm?token={{ .Token }}&next={{ .RedirectTo }}">',
    '<a href="https://example.com/confirm?token=123456&next=https%3A%2F%2Fexample.com%2Fa%3Fb%3Dc%26d%3De">',
  ],
  ['<i title="{{ .Data.name }}">', '<i title="&lt;b&gt;Ada&lt;/b&gt;">'],
];

for (const [template, expected] of PAGES)
  test(`${template} is escaped where it stands`, () => assert.equal(renderHtml(template, data), expected));

test('an address that runs code is not put into a link', () => {
  for (const link of ['javascript:alert(1)', ' JavaScript:alert(1)', 'data:text/html,x', 'vbscript:x'])
    assert.equal(renderHtml("<a href='{{ .link }}'>", { link }), "<a href='#ZgotmplZ'>");
});

test('what somebody says of himself never leaves its place in the page', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const frame = '<p>{{ .name }}</p><i title="{{ .name }}"></i><a href="https://x.example/?q={{ .name }}">x</a>';
      const shown = renderHtml(frame, { name });
      assert.equal(shown.split('<').length, frame.split('<').length);
      assert.equal(shown.split('"').length, frame.split('"').length);
    }),
  );
});

for (const wrong of [
  '{{ if .x }}',
  '{{ end }}',
  '{{ .x',
  '{{ nothing .x }}',
  '{{ template "a" }}',
  '{{ .x | }}',
  '{{ ( .x }}',
  '{{ $y }}',
])
  test(`${wrong} is refused by name`, () => assert.throws(() => renderText(wrong, data), TemplateError));
