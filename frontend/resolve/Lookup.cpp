#include "frontend/resolve/Resolve.h"
