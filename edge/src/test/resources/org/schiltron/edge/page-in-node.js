// Runs the script of a page that is read from standard input, with what it uses of a browser, and prints what it does:
// a line "post PATH TEXT" or "get PATH" for each request, which is answered with 204, and "reload" or "go PATH" at the end.
'use strict';
const html = require('fs').readFileSync(0, 'utf8');
const unescape = (text) => text.replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&lt;/g, '<').replace(/&gt;/g, '>')
  .replace(/&amp;/g, '&');
const box = html.match(/<div id="puzzle"([^>]*)>/)[1];
const elements = {
  puzzle: {
    getAttribute: (name) => {
      const found = box.match(new RegExp(' ' + name + '="([^"]*)"'));
      return found ? unescape(found[1]) : null;
    }
  },
  bar: {},
  line: {}
};
function XMLHttpRequest() {
  this.open = (method, path) => { this.asked = method.toLowerCase() + ' ' + path; };
  this.setRequestHeader = () => { };
  this.send = (body) => {
    console.log(this.asked + (body === null ? '' : ' ' + body));
    this.status = 204;
    this.onload();
  };
}
require('vm').runInNewContext(html.match(/<script>([^]*)<\/script>/)[1], {
  document: { getElementById: (id) => elements[id] },
  location: { reload: () => console.log('reload'), replace: (path) => console.log('go ' + path) },
  setTimeout, XMLHttpRequest
});
