/** Preloaded into a program and what it starts: whoever tries to connect to anything is stopped, and it is said. */
const { Socket } = require('node:net');

Socket.prototype.connect = () => {
  process.stderr.write('A connection was tried.\n');
  process.exit(97);
};
