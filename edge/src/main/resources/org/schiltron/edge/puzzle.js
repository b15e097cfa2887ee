(function () {
  'use strict';
  // What the puzzle is: org.schiltron.edge.Puzzle. Plain old script: no WebCrypto outside of TLS, no module, no library.
  // Made into text for a worker, so it names nothing outside of itself.
  function hasher() {
    var k = new Int32Array(64), initial = new Int32Array(8), w = new Int32Array(64), n = 2;
    for (var primes = 0; primes < 64; n++) {
      var prime = true;
      for (var q = 2; q * q <= n; q++) if (n % q === 0) prime = false;
      if (!prime) continue;
      if (primes < 8) initial[primes] = Math.pow(n, 1 / 2) * 4294967296;
      k[primes++] = Math.pow(n, 1 / 3) * 4294967296;
    }
    // Whether SHA-256 of the ten words begins with so many zero bits, 1 to 32.
    return function (words, place, counter, bits) {
      for (var i = 0; i < 8; i++) w[i] = words[i];
      w[8] = place; w[9] = counter; w[10] = -2147483648;
      w[11] = w[12] = w[13] = w[14] = 0; w[15] = 320;
      var a = initial[0], b = initial[1], c = initial[2], d = initial[3];
      var e = initial[4], f = initial[5], g = initial[6], h = initial[7];
      for (i = 0; i < 64; i++) {
        if (i > 15) {
          var x = w[i - 15], y = w[i - 2];
          w[i] = (w[i - 16] + w[i - 7]
            + ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3)
            + ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10)) | 0;
        }
        var s = (h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7))
          + (g ^ e & (f ^ g)) + k[i] + w[i]) | 0;
        var t = (((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + (a & b | c & (a | b))) | 0;
        h = g; g = f; f = e; e = (d + s) | 0; d = c; c = b; b = a; a = (s + t) | 0;
      }
      return ((a + initial[0]) | 0) >>> (32 - bits) === 0;
    };
  }
  function searcher(zeros, words, bits, parts, tell) {
    var found = [], counter = 0;
    // Some milliseconds of work; false once all are found.
    return function (tries) {
      while (tries-- > 0) {
        if (zeros(words, found.length, counter, bits)) {
          found.push(counter);
          counter = 0;
          tell(found);
          if (found.length === parts) return false;
        } else counter++;
      }
      return true;
    };
  }
  var box = document.getElementById('puzzle');
  var bar = document.getElementById('bar');
  var line = document.getElementById('line');
  var data = function (name) { return box.getAttribute('data-' + name); };
  var say = function (text, fault) {
    line.textContent = text;
    line.className = fault ? 'fault' : '';
    if (fault) bar.hidden = true;
  };
  var ask = function (method, path, body, then) {
    var request = new XMLHttpRequest();
    request.open(method, path);
    request.onload = function () { then(request.status, request.responseText); };
    request.onerror = function () { then(0, ''); };
    if (body !== null) request.setRequestHeader('Content-Type', 'text/plain');
    request.send(body);
  };
  var again = ' Reload this page to try again.';
  var done = function () {
    say('Done. Opening the page.');
    // Reloading keeps the address, the history, and what a form would have sent.
    if (data('next')) location.replace(data('next'));
    else location.reload();
  };
  var answer = function (found) {
    say('Solved. Asking to be let in.');
    ask('POST', data('post'), data('issued') + '.' + found.join('.'), function (status, text) {
      if (status !== 204) {
        say((status ? text : 'The answer could not be sent.') + again, true);
      } else if (data('check')) {
        // Without its cookie the page would come back for ever.
        ask('GET', data('check'), null, function (kept) {
          if (kept === 204) done();
          else say('Your browser did not keep the cookie that lets you in. Allow cookies for this site.' + again, true);
        });
      } else done();
    });
  };
  var begin = function () {
    var bits = +data('bits'), parts = +data('parts'), words = [];
    for (var i = 0; i < 8; i++) words.push(parseInt(data('challenge').substr(8 * i, 8), 16) | 0);
    var progress = function (found) {
      bar.value = found.length;
      if (found.length === parts) answer(found);
    };
    bar.max = parts;
    bar.hidden = false;
    say('Your browser is working on it. This takes some seconds.');
    var here = function () {
      var step = searcher(hasher(), words, bits, parts, progress);
      (function turn() { if (step(20000)) setTimeout(turn, 0); })();
    };
    try {
      var source = 'var run=' + searcher + '(' + hasher + '(),' + JSON.stringify(words) + ',' + bits + ',' + parts
        + ',function(f){postMessage(f)});while(run(1e6));';
      var worker = new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
      var heard = false;
      worker.onmessage = function (event) { heard = true; progress(event.data); };
      worker.onerror = function () { worker.terminate(); if (!heard) here(); };
    } catch (e) {
      here();
    }
  };
  begin();
})();
