/* The helper: `sidestep __serve FOLDER`, with the listening socket as its standard input. */
#ifndef SIDESTEP_SERVICE_SERVE_H
#define SIDESTEP_SERVICE_SERVE_H

/* FOLDER has the cards of jobs. Serves until it is killed; returns an exit code when it cannot, with the reason on stderr. */
int serve_main(int argc, char **argv);

#endif
