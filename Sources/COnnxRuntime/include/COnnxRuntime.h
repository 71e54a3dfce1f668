// ONNX Runtime's C interface by slot: the functions this product calls, found at run time.
//
// The library exports one symbol, OrtGetApiBase, which leads to a table of function pointers. New functions are
// only ever added at the table's end, so a slot's number is stable for every later release. Naming the slots here
// means that neither building nor starting needs the library's own header or a link-time dependency on it.

#ifndef PLUMB_CONNXRUNTIME_H
#define PLUMB_CONNXRUNTIME_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

typedef struct OrtStatus OrtStatus;
typedef struct OrtEnv OrtEnv;
typedef struct OrtSession OrtSession;
typedef struct OrtSessionOptions OrtSessionOptions;
typedef struct OrtRunOptions OrtRunOptions;
typedef struct OrtValue OrtValue;
typedef struct OrtTypeInfo OrtTypeInfo;
typedef struct OrtTensorInfo OrtTensorInfo;
typedef struct OrtMemoryInfo OrtMemoryInfo;
typedef struct OrtAllocator OrtAllocator;
typedef struct OrtModelMetadata OrtModelMetadata;

/// What a function answers: null for success, else a status that `GetErrorMessage` reads and `ReleaseStatus` frees.
typedef OrtStatus *_Nullable OrtOutcome;

/// The table's version that this interface asks for. Later libraries still answer it.
enum { ONNX_API_VERSION = 17 };

/// Every function used, as `X(slot, name, result, parameters)`.
#define ONNX_SLOTS(X)                                                                                                 \
    X(2, GetErrorMessage, const char *_Nonnull, (const OrtStatus *))                                                  \
    X(3, CreateEnv, OrtOutcome, (int level, const char *identifier, OrtEnv *_Nullable *_Nonnull out))                 \
    X(7, CreateSession, OrtOutcome,                                                                                   \
      (const OrtEnv *, const char *path, const OrtSessionOptions *, OrtSession *_Nullable *_Nonnull out))             \
    X(8, CreateSessionFromArray, OrtOutcome,                                                                          \
      (const OrtEnv *, const void *bytes, size_t count, const OrtSessionOptions *,                                    \
       OrtSession *_Nullable *_Nonnull out))                                                                          \
    X(9, Run, OrtOutcome,                                                                                             \
      (OrtSession *, const OrtRunOptions *_Nullable, const char *_Nullable const *_Nullable inputNames,               \
       const OrtValue *_Nullable const *_Nullable inputs, size_t inputCount,                                          \
       const char *_Nullable const *_Nullable outputNames, size_t outputCount,                                        \
       OrtValue *_Nullable *_Nullable outputs))                                                                       \
    X(10, CreateSessionOptions, OrtOutcome, (OrtSessionOptions *_Nullable *_Nonnull out))                             \
    X(23, SetSessionGraphOptimizationLevel, OrtOutcome, (OrtSessionOptions *, int level))                             \
    X(24, SetIntraOpNumThreads, OrtOutcome, (OrtSessionOptions *, int count))                                         \
    X(25, SetInterOpNumThreads, OrtOutcome, (OrtSessionOptions *, int count))                                         \
    X(30, SessionGetInputCount, OrtOutcome, (const OrtSession *, size_t *out))                                        \
    X(31, SessionGetOutputCount, OrtOutcome, (const OrtSession *, size_t *out))                                       \
    X(33, SessionGetInputTypeInfo, OrtOutcome,                                                                        \
      (const OrtSession *, size_t index, OrtTypeInfo *_Nullable *_Nonnull out))                                       \
    X(34, SessionGetOutputTypeInfo, OrtOutcome,                                                                       \
      (const OrtSession *, size_t index, OrtTypeInfo *_Nullable *_Nonnull out))                                       \
    X(36, SessionGetInputName, OrtOutcome,                                                                            \
      (const OrtSession *, size_t index, OrtAllocator *, char *_Nullable *_Nonnull out))                              \
    X(37, SessionGetOutputName, OrtOutcome,                                                                           \
      (const OrtSession *, size_t index, OrtAllocator *, char *_Nullable *_Nonnull out))                              \
    X(48, CreateTensorAsOrtValue, OrtOutcome,                                                                         \
      (OrtAllocator *, const int64_t *_Nullable shape, size_t rank, int elementType,                                  \
       OrtValue *_Nullable *_Nonnull out))                                                                            \
    X(49, CreateTensorWithDataAsOrtValue, OrtOutcome,                                                                 \
      (const OrtMemoryInfo *, void *_Nullable data, size_t byteCount, const int64_t *_Nullable shape, size_t rank,    \
       int elementType, OrtValue *_Nullable *_Nonnull out))                                                           \
    X(51, GetTensorMutableData, OrtOutcome, (OrtValue *, void *_Nullable *_Nonnull out))                              \
    X(52, FillStringTensor, OrtOutcome, (OrtValue *, const char *_Nullable const *_Nullable strings, size_t count))   \
    X(53, GetStringTensorDataLength, OrtOutcome, (const OrtValue *, size_t *out))                                     \
    X(54, GetStringTensorContent, OrtOutcome,                                                                         \
      (const OrtValue *, void *_Nullable text, size_t byteCount, size_t *_Nullable offsets, size_t count))            \
    X(55, CastTypeInfoToTensorInfo, OrtOutcome, (const OrtTypeInfo *, const OrtTensorInfo *_Nullable *_Nonnull out))  \
    X(56, GetOnnxTypeFromTypeInfo, OrtOutcome, (const OrtTypeInfo *, int *out))                                       \
    X(60, GetTensorElementType, OrtOutcome, (const OrtTensorInfo *, int *out))                                        \
    X(61, GetDimensionsCount, OrtOutcome, (const OrtTensorInfo *, size_t *out))                                       \
    X(62, GetDimensions, OrtOutcome, (const OrtTensorInfo *, int64_t *_Nullable dimensions, size_t count))            \
    X(63, GetSymbolicDimensions, OrtOutcome,                                                                          \
      (const OrtTensorInfo *, const char *_Nullable *_Nullable names, size_t count))                                  \
    X(65, GetTensorTypeAndShape, OrtOutcome, (const OrtValue *, OrtTensorInfo *_Nullable *_Nonnull out))              \
    X(67, GetValueType, OrtOutcome, (const OrtValue *, int *out))                                                     \
    X(69, CreateCpuMemoryInfo, OrtOutcome, (int allocatorType, int memoryType, OrtMemoryInfo *_Nullable *_Nonnull out))\
    X(76, AllocatorFree, OrtOutcome, (OrtAllocator *, void *))                                                        \
    X(78, GetAllocatorWithDefaultOptions, OrtOutcome, (OrtAllocator *_Nullable *_Nonnull out))                        \
    X(80, GetValue, OrtOutcome, (const OrtValue *, int index, OrtAllocator *, OrtValue *_Nullable *_Nonnull out))     \
    X(81, GetValueCount, OrtOutcome, (const OrtValue *, size_t *out))                                                 \
    X(92, ReleaseEnv, void, (OrtEnv *))                                                                               \
    X(93, ReleaseStatus, void, (OrtStatus *))                                                                         \
    X(94, ReleaseMemoryInfo, void, (OrtMemoryInfo *))                                                                 \
    X(95, ReleaseSession, void, (OrtSession *))                                                                       \
    X(96, ReleaseValue, void, (OrtValue *))                                                                           \
    X(98, ReleaseTypeInfo, void, (OrtTypeInfo *))                                                                     \
    X(99, ReleaseTensorTypeAndShapeInfo, void, (OrtTensorInfo *))                                                     \
    X(100, ReleaseSessionOptions, void, (OrtSessionOptions *))                                                        \
    X(111, SessionGetModelMetadata, OrtOutcome, (const OrtSession *, OrtModelMetadata *_Nullable *_Nonnull out))      \
    X(112, ModelMetadataGetProducerName, OrtOutcome,                                                                  \
      (const OrtModelMetadata *, OrtAllocator *, char *_Nullable *_Nonnull out))                                      \
    X(113, ModelMetadataGetGraphName, OrtOutcome,                                                                     \
      (const OrtModelMetadata *, OrtAllocator *, char *_Nullable *_Nonnull out))                                      \
    X(115, ModelMetadataGetDescription, OrtOutcome,                                                                   \
      (const OrtModelMetadata *, OrtAllocator *, char *_Nullable *_Nonnull out))                                      \
    X(116, ModelMetadataLookupCustomMetadataMap, OrtOutcome,                                                          \
      (const OrtModelMetadata *, OrtAllocator *, const char *key, char *_Nullable *_Nonnull out))                     \
    X(117, ModelMetadataGetVersion, OrtOutcome, (const OrtModelMetadata *, int64_t *out))                             \
    X(118, ReleaseModelMetadata, void, (OrtModelMetadata *))                                                          \
    X(123, ModelMetadataGetCustomMetadataMapKeys, OrtOutcome,                                                         \
      (const OrtModelMetadata *, OrtAllocator *, char *_Nullable *_Nullable *_Nullable keys, int64_t *count))         \
    X(130, AddSessionConfigEntry, OrtOutcome, (OrtSessionOptions *, const char *key, const char *value))

/// The functions, each a pointer into the loaded library.
typedef struct OnnxFunctions {
#define ONNX_MEMBER(slot, name, result, parameters) result (*_Nonnull name) parameters;
    ONNX_SLOTS(ONNX_MEMBER)
#undef ONNX_MEMBER
} OnnxFunctions;

/// What came of loading a library.
typedef enum OnnxLoad {
    OnnxLoadSucceeded = 0,
    OnnxLoadNotOpened = 1,  ///< the loader could not open it; `message` has the loader's reason
    OnnxLoadNotOnnx = 2,    ///< it opened, but does not export OrtGetApiBase
    OnnxLoadTooOld = 3,     ///< it does not answer ONNX_API_VERSION
} OnnxLoad;

/// Loads the library at `path` and fills `functions`.
///
/// The library stays loaded for the life of the process. `version` and `message` get a terminated text, cut to fit.
OnnxLoad onnxLoad(const char *path, OnnxFunctions *functions, char *version, size_t versionSize, char *message,
                  size_t messageSize);

#pragma clang assume_nonnull end
#endif
