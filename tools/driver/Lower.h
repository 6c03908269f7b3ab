// Lower.h: what is made of a checked program before LLVM.
//
// In      a session whose check found no errors, with a `main`, or of a library (Mono::isLibrary), which has to export something.
// Out     the instances, optimised, and their state machines.
// Holds   in builds with assertions the verifiers run after each pass; what they find goes to the session's internalErrors.
#pragma once
#include "lowering/mono/Mono.h"
#include "lowering/states/Lowered.h"
#include "tools/driver/Session.h"

namespace async::driver {

struct Lowering {
  explicit Lowering(Session &session) : session(session), mono(session.program) {}
  Session &session;
  mono::Mono mono;
  states::LoweredSet states;
};

// False: errors were reported in the session.
bool lower(Lowering &lowering);

} // namespace async::driver
