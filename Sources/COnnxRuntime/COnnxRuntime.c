// Opens ONNX Runtime's library and copies the wanted slots of its table.

#include "COnnxRuntime.h"

#include <dlfcn.h>
#include <stdio.h>

struct ApiBase {
    const void *(*GetApi)(uint32_t version);
    const char *(*GetVersionString)(void);
};

OnnxLoad onnxLoad(const char *path, OnnxFunctions *functions, char *version, size_t versionSize, char *message,
                  size_t messageSize) {
    snprintf(version, versionSize, "unknown");
    snprintf(message, messageSize, "%s", "");

    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        const char *reason = dlerror();
        snprintf(message, messageSize, "%s", reason == NULL ? "no reason given" : reason);
        return OnnxLoadNotOpened;
    }

    const struct ApiBase *(*getBase)(void) = (const struct ApiBase *(*)(void))dlsym(library, "OrtGetApiBase");
    const struct ApiBase *base = getBase == NULL ? NULL : getBase();
    if (base == NULL) {
        dlclose(library);
        return OnnxLoadNotOnnx;
    }
    snprintf(version, versionSize, "%s", base->GetVersionString());

    // The table is an array of function pointers of different types; each is cast to its own type as it is copied.
    void (*const *table)(void) = (void (*const *)(void))base->GetApi(ONNX_API_VERSION);
    if (table == NULL) {
        dlclose(library);
        return OnnxLoadTooOld;
    }
#define ONNX_COPY(slot, name, result, parameters) functions->name = (result(*) parameters)table[slot];
    ONNX_SLOTS(ONNX_COPY)
#undef ONNX_COPY
    return OnnxLoadSucceeded;
}
