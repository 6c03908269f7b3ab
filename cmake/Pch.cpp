// What the target that holds the shared precompiled header is made of (AsyncLibrary.cmake).
