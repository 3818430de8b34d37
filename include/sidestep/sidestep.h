/* libsidestep: run, check and look at GitHub Actions workflows. */
#ifndef SIDESTEP_H
#define SIDESTEP_H

#include <sidestep/act.h>
#include <sidestep/cache.h>
#include <sidestep/config.h>
#include <sidestep/pin.h>
#include <sidestep/run.h>
#include <sidestep/text.h>
#include <sidestep/version.h>
#include <sidestep/workflow.h>

#endif
